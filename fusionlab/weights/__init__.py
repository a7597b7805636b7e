"""Weights of models: the arithmetic of merging them."""
