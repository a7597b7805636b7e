"""Training: one loop, whatever is trained."""
