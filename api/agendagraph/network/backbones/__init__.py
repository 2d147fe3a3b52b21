"""Backbones: the edges of a projection that a null model does not explain.

- `backbone`: tests each pair against a null model and keeps the significant edges
- `null_models`: the null models, SDSM and disparity filter
- `configuration_model`: the bipartite configuration model, which the SDSM is based on
- `poisson_binomial`: the distribution of a pair's shared events under the SDSM
"""
