"""Write the methods paragraph of a paper: what was computed, and how, in ko and en.

The paragraph is made from the results, which carry their parameters; so it reports what was done
and not what was intended. Its words are a catalogue (``network/locale``).
"""

from __future__ import annotations

import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import networkx as nx

from agendagraph.errors import NetworkParameterError
from agendagraph.messages import catalogue
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.messages import Messages
    from agendagraph.network.backbones.backbone import Backbone
    from agendagraph.network.comparison import AgendaComparison, Comparison
    from agendagraph.network.measurement.communities import Communities
    from agendagraph.network.measurement.measures import Measures

Language = Literal["ko", "en"]
Result: TypeAlias = Any
"""A network, or what a function of this package returned."""

Sentence: TypeAlias = tuple[str, tuple[str, ...]]
"""What the paragraph says of one result, and the keys of the works that it cites."""

_FOLDER: Final = Path(__file__).resolve().parent
_WORDS: Final = catalogue(_FOLDER / "locale")
REFERENCES: Final[dict[str, str]] = tomllib.loads(
    (_FOLDER / "references.toml").read_text(encoding="utf-8")
)
"""Each work that a method comes from, by its key."""


def describe(*results: Result, lang: Language = "en") -> str:
    """Return a methods paragraph on *results*, with parameters, versions and references.

    Args:
        results: Networks, and what ``backbone``, ``measures``, ``communities``, ``compare`` and
            ``compare_agendas`` returned, in the order of the paragraph.
        lang: The language, ``ko`` or ``en``.

    Returns:
        A paragraph, an empty line, and the references, one a line.

    Raises:
        NetworkParameterError: A result is not one of this package, or the language is neither
            ``ko`` nor ``en``.

    >>> from agendagraph.network.projection import project
    >>> text = describe(project(nx.davis_southern_women_graph(), on=0))
    >>> text.splitlines()[0][:82]
    'The network has 18 nodes and 139 edges. It is a one-mode projection of a bipartite'
    """
    if lang not in get_args(Language):
        raise NetworkParameterError(f"lang={lang!r}: expected ko or en")
    if not results:
        raise NetworkParameterError("describe: expected at least one network or result")
    words = _WORDS[lang]
    sentences = [_sentence(result, words) for result in results]
    sentences.append(_versions(words))
    keys = dict.fromkeys(key for _, cited in sentences for key in cited)
    paragraph = " ".join(text for text, _ in sentences)
    works = sorted(REFERENCES[key] for key in keys)
    return "\n".join([paragraph, "", words("methods.references"), *works]) + "\n"


def _sentence(result: Result, words: Messages) -> Sentence:
    if isinstance(result, nx.Graph):
        return _of_network(result, words)
    known: dict[str, Callable[[Result, Messages], Sentence]] = {
        "Backbone": _of_backbone,
        "Measures": _of_measures,
        "Communities": _of_communities,
        "Comparison": _of_comparison,
        "AgendaComparison": _of_agendas,
    }
    sentence = known.get(type(result).__name__)
    if sentence is None:
        raise NetworkParameterError(
            f"describe: a {type(result).__name__} is neither a network nor a result of ours"
        )
    return sentence(result, words)


def _versions(words: Messages) -> Sentence:
    packages = ("networkx", "numpy", "scipy", "pandas")
    used = ", ".join(f"{name} {version(name)}" for name in packages)
    return words("methods.versions", version=__version__, packages=used), ("networkx",)


def _of_network(graph: nx.Graph[Any], words: Messages) -> Sentence:
    texts = [words("methods.network", nodes=len(graph), edges=graph.number_of_edges())]
    data = graph.graph
    if "network" in data:
        texts.append(
            words(
                "methods.extracted",
                version=data["dataset_version"],
                query=data["network"],
                parameters=data["parameters"],
            )
        )
    weight = data.get("projection")
    if weight is not None:
        texts.append(words("methods.projected", weight=words(f"weight.{weight}")))
    return " ".join(texts), ("newman2001",) if weight == "newman" else ()


_MODEL_WORKS: Final = {"sdsm": ("neal2014", "saracco2015"), "disparity": ("serrano2009",)}


def _of_backbone(result: Backbone, words: Messages) -> Sentence:
    corrected = result.correction is not None
    text = words(
        "methods.backbone",
        model=words(f"model.{result.model}"),
        sides=words("methods.two-sided" if result.signed else "methods.one-sided"),
        alpha=result.alpha,
        correction=words("methods.corrected" if corrected else "methods.uncorrected"),
        tested=result.n_tested,
        kept=result.n_kept,
    )
    return text, (*_MODEL_WORKS[result.model], *(("benjamini1995",) if corrected else ()))


_MEASURE_WORKS: Final = {"betweenness": "brandes2001", "coreness": "borgatti2000"}


def _of_measures(result: Measures, words: Messages) -> Sentence:
    texts = [words("methods.measures", names=", ".join(result.names))]
    cited = [work for name, work in _MEASURE_WORKS.items() if name in result.names]
    if "nestedness" in result.graph:
        cited += ["almeida2008", "latapy2008"]
    if {"betweenness", "closeness"} & set(result.names):
        texts.append(words("methods.length"))
    how = result.resampling
    if how is not None:
        cited.append("efron1993")
        texts.append(
            words(
                "methods.intervals",
                confidence=how.confidence,
                replicates=how.replicates,
                seed=how.seed,
            )
        )
    return " ".join(texts), tuple(cited)


def _of_communities(result: Communities, words: Messages) -> Sentence:
    text = words(
        "methods.communities",
        runs=result.runs,
        method=result.method.capitalize(),
        resolution=result.resolution,
        seed=result.seed,
        groups=len(set(result.labels.values())),
        stability=result.stability,
        modularity=result.modularity,
    )
    n = len(result.null_modularity)
    if n:
        null = result.null.replace(" ", "-")
        model = words(f"null.{null}")
        text += words("methods.null", n=n, model=model, p=result.p_value)
    work = "blondel2008" if result.method == "louvain" else "traag2019"
    return text + ".", ("lancichinetti2012", work)


def _of_comparison(result: Comparison, words: Messages) -> Sentence:
    return words("methods.comparison", measure=result.measure), ("kendall1945",)


def _of_agendas(result: AgendaComparison, words: Messages) -> Sentence:
    text = words(
        "methods.agendas",
        permutations=result.permutations,
        distance=result.distance,
        p=result.p_value,
        seed=result.seed,
    )
    return text, ("phipson2010",)
