"""The works that our methods come from, ready to be cited."""

from __future__ import annotations

from typing import Final

REFERENCES: Final[dict[str, str]] = {
    "networkx": (
        "Hagberg, A. A., Schult, D. A., & Swart, P. J. (2008). Exploring network structure, "
        "dynamics, and function using NetworkX. Proceedings of the 7th Python in Science "
        "Conference, 11–15."
    ),
    "newman2001": (
        "Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted "
        "networks, and centrality. Physical Review E, 64, 016132. "
        "https://doi.org/10.1103/PhysRevE.64.016132"
    ),
    "neal2014": (
        "Neal, Z. (2014). The backbone of bipartite projections: Inferring relationships from "
        "co-authorship, co-sponsorship, co-attendance and other co-behaviors. Social Networks, "
        "39, 84–97. https://doi.org/10.1016/j.socnet.2014.06.001"
    ),
    "saracco2015": (
        "Saracco, F., Di Clemente, R., Gabrielli, A., & Squartini, T. (2015). Randomizing "
        "bipartite networks: the case of the World Trade Web. Scientific Reports, 5, 10595. "
        "https://doi.org/10.1038/srep10595"
    ),
    "serrano2009": (
        "Serrano, M. Á., Boguñá, M., & Vespignani, A. (2009). Extracting the multiscale backbone "
        "of complex weighted networks. PNAS, 106, 6483–6488. "
        "https://doi.org/10.1073/pnas.0808904106"
    ),
    "benjamini1995": (
        "Benjamini, Y., & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of "
        "the Royal Statistical Society B, 57, 289–300. "
        "https://doi.org/10.1111/j.2517-6161.1995.tb02031.x"
    ),
    "efron1993": (
        "Efron, B., & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman & Hall. "
        "https://doi.org/10.1201/9780429246593"
    ),
    "brandes2001": (
        "Brandes, U. (2001). A faster algorithm for betweenness centrality. Journal of "
        "Mathematical Sociology, 25, 163–177. https://doi.org/10.1080/0022250X.2001.9990249"
    ),
    "borgatti2000": (
        "Borgatti, S. P., & Everett, M. G. (2000). Models of core/periphery structures. Social "
        "Networks, 21, 375–395. https://doi.org/10.1016/S0378-8733(99)00019-2"
    ),
    "almeida2008": (
        "Almeida-Neto, M., Guimarães, P., Guimarães, P. R., Loyola, R. D., & Ulrich, W. (2008). A "
        "consistent metric for nestedness analysis in ecological systems. Oikos, 117, 1227–1239. "
        "https://doi.org/10.1111/j.0030-1299.2008.16644.x"
    ),
    "latapy2008": (
        "Latapy, M., Magnien, C., & Del Vecchio, N. (2008). Basic notions for the analysis of "
        "large two-mode networks. Social Networks, 30, 31–48. "
        "https://doi.org/10.1016/j.socnet.2007.04.006"
    ),
    "blondel2008": (
        "Blondel, V. D., Guillaume, J.-L., Lambiotte, R., & Lefebvre, E. (2008). Fast unfolding of "
        "communities in large networks. Journal of Statistical Mechanics, P10008. "
        "https://doi.org/10.1088/1742-5468/2008/10/P10008"
    ),
    "traag2019": (
        "Traag, V. A., Waltman, L., & van Eck, N. J. (2019). From Louvain to Leiden: guaranteeing "
        "well-connected communities. Scientific Reports, 9, 5233. "
        "https://doi.org/10.1038/s41598-019-41695-z"
    ),
    "lancichinetti2012": (
        "Lancichinetti, A., & Fortunato, S. (2012). Consensus clustering in complex networks. "
        "Scientific Reports, 2, 336. https://doi.org/10.1038/srep00336"
    ),
    "kendall1945": (
        "Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika, 33, "
        "239–251. https://doi.org/10.1093/biomet/33.3.239"
    ),
    "phipson2010": (
        "Phipson, B., & Smyth, G. K. (2010). Permutation p-values should never be zero. "
        "Statistical Applications in Genetics and Molecular Biology, 9, 39. "
        "https://doi.org/10.2202/1544-6115.1585"
    ),
}
"""Each work, by a key that `network.methods` uses."""
