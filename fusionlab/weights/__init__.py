"""The weights of models as named tensors: read, cut into layers, merged, reckoned with, written."""
