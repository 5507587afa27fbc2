"""Model and evidence brought together: what is observed, how well the model does on it, and what it is fitted to."""
