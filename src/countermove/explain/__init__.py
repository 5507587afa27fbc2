"""The model explained to others: exports and documents made from the declarations themselves."""
