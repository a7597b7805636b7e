"""The fusion methods, in the order in which they are shown; importing one registers it."""
