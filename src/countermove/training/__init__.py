"""Training runs: what one costs in time, chips, energy and money on any chip, from published specifications and a layout."""
