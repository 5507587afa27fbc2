"""countermove: export controls on AI chips, the answer to them, and what both do to capability."""
