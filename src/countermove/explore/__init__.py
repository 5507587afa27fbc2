"""Questions put to the model: run a scenario, compare two, attribute the difference to mechanisms."""
