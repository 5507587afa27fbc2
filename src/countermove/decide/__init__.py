"""Questions about decisions: which assumption decides, what knowing it is worth, where an outcome happens."""
