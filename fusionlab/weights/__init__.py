"""The weights of models as named tensors: read, cut into layers, reckoned with, written."""
