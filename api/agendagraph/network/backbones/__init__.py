"""Backbones: the edges of a projection that a null model does not explain."""
