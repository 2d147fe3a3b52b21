"""Write the methods paragraph of a paper: what was computed, and how, in ko and en.

The paragraph is made from the results themselves, which carry their parameters; so it says
what was done and not what was meant to be done.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import networkx as nx

from agendagraph.errors import NetworkParameterError
from agendagraph.network.references import REFERENCES
from agendagraph.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from agendagraph.network.backbones.backbone import Backbone
    from agendagraph.network.comparison import AgendaComparison, Comparison
    from agendagraph.network.measurement.communities import Communities
    from agendagraph.network.measurement.measures import Measures

Language = Literal["ko", "en"]
Result: TypeAlias = Any
"""A network, or what a function of this package returned."""

Sentence: TypeAlias = tuple[str, str, tuple[str, ...]]
"""What one result says: in Korean, in English, and the keys of the works it cites."""


def describe(*results: Result, lang: Language = "en") -> str:
    """Return a methods paragraph on *results*, with parameters, versions and references.

    Args:
        results: Networks, and what ``backbone``, ``measures``, ``communities``, ``compare`` and
            ``compare_agendas`` returned, in the order in which they should be told.
        lang: The language, ``ko`` or ``en``.

    Returns:
        A paragraph, an empty line, and the references, one a line.

    Raises:
        NetworkParameterError: A result is of no kind that this package makes, or the language
            is another one.

    >>> from agendagraph.network.projection import project
    >>> text = describe(project(nx.davis_southern_women_graph(), on=0))
    >>> text.splitlines()[0][:82]
    'The network has 18 nodes and 139 edges. It is a one-mode projection of a bipartite'
    """
    if lang not in get_args(Language):
        raise NetworkParameterError(f"lang={lang!r}: expected ko or en")
    if not results:
        raise NetworkParameterError("describe: expected at least one network or result")
    sentences = [_sentence(result) for result in results]
    sentences.append(_versions())
    keys = dict.fromkeys(key for _, _, cited in sentences for key in cited)
    paragraph = " ".join(ko if lang == "ko" else en for ko, en, _ in sentences)
    heading = "참고문헌" if lang == "ko" else "References"
    works = sorted(REFERENCES[key] for key in keys)
    return "\n".join([paragraph, "", heading, *works]) + "\n"


def _sentence(result: Result) -> Sentence:
    if isinstance(result, nx.Graph):
        return _of_network(result)
    known: dict[str, Callable[[Result], Sentence]] = {
        "Backbone": _of_backbone,
        "Measures": _of_measures,
        "Communities": _of_communities,
        "Comparison": _of_comparison,
        "AgendaComparison": _of_agendas,
    }
    tell = known.get(type(result).__name__)
    if tell is None:
        raise NetworkParameterError(
            f"describe: a {type(result).__name__} is neither a network nor a result of ours"
        )
    return tell(result)


def _versions() -> Sentence:
    names = ("networkx", "numpy", "scipy", "pandas")
    used = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"계산에는 Agendagraph {__version__}({used})을 썼다.",
        f"Computed with Agendagraph {__version__} ({used}).",
        ("networkx",),
    )


def _of_network(graph: nx.Graph[Any]) -> Sentence:
    n, m = len(graph), graph.number_of_edges()
    ko, en = (
        [f"네트워크의 노드는 {n}개, 에지는 {m}개이다."],
        [f"The network has {n} nodes and {m} edges."],
    )
    data = graph.graph
    if "network" in data:
        ko.append(
            f"이 네트워크는 데이터셋 {data['dataset_version']}판에서 ‘{data['network']}’ 질의로 "
            f"추출했다(매개변수: {data['parameters']})."
        )
        en.append(
            f"It was extracted from version {data['dataset_version']} of the dataset by the query "
            f"“{data['network']}” (parameters: {data['parameters']})."
        )
    weight = data.get("projection")
    if weight is None:
        return " ".join(ko), " ".join(en), ()
    korean, english = _WEIGHTS[weight]
    ko.append(f"이분 그래프를 한 모드로 투영하였고, 가중치는 {korean}이다.")
    en.append(f"It is a one-mode projection of a bipartite graph, weighted by {english}.")
    return " ".join(ko), " ".join(en), ("newman2001",) if weight == "newman" else ()


_WEIGHTS = {
    "count": ("공유하는 사건의 수", "the number of shared events"),
    "newman": (
        "공유하는 사건마다 1/(d−1)을 더한 Newman 가중치(d: 사건의 노드 수)",
        "Newman's weight, the sum over shared events of 1/(d − 1), d being the event's degree",
    ),
    "jaccard": ("Jaccard 계수", "the Jaccard coefficient of the two sets of events"),
}


_MODELS = {
    "sdsm": (
        "확률적 차수열 모형(SDSM; 최대 엔트로피 이분 배열 모형, 정확한 푸아송 이항 분포)",
        (
            "the stochastic degree sequence model (SDSM: maximum-entropy bipartite configuration "
            "model, exact Poisson-binomial p-values)"
        ),
        ("neal2014", "saracco2015"),
    ),
    "disparity": ("불균등 필터", "the disparity filter", ("serrano2009",)),
}


def _of_backbone(result: Backbone) -> Sentence:
    corrected = result.correction is not None
    ko_model, en_model, cited = _MODELS[result.model]
    ko_side, en_side = ("양측", "two-sided") if result.signed else ("단측", "one-sided")
    ko_fix = "Benjamini–Hochberg 보정" if corrected else "다중 검정 보정 없음"
    en_fix = "Benjamini–Hochberg correction" if corrected else "no correction for multiple tests"
    ko = (
        f"백본은 {ko_model}으로 구했다({ko_side} 검정, α = {result.alpha:g}, {ko_fix}). "
        f"{result.n_tested}개의 쌍을 검정하여 {result.n_kept}개의 에지를 남겼다."
    )
    en = (
        f"The backbone was extracted by {en_model}: {en_side} tests, α = {result.alpha:g}, "
        f"{en_fix}. Of {result.n_tested} pairs tested, {result.n_kept} edges were kept."
    )
    return ko, en, (*cited, *(("benjamini1995",) if corrected else ()))


def _of_measures(result: Measures) -> Sentence:
    names = ", ".join(result.names)
    ko = f"측정한 지표는 {names}이다."
    en = f"The node measures are {names}."
    cited = [
        work
        for name, work in (
            ("betweenness", "brandes2001"),
            ("coreness", "borgatti2000"),
        )
        if name in result.names
    ]
    if "nestedness" in result.graph:
        cited += ["almeida2008", "latapy2008"]
    if {"betweenness", "closeness"} & set(result.names):
        ko += " 경로의 길이는 1/가중치이다."
        en += " The length of an edge is 1/weight."
    how = result.resampling
    if how is not None:
        cited.append("efron1993")
        ko += (
            f" {how.confidence:.0%} 구간은 사건을 복원추출한 부트스트랩 {how.replicates}회의 "
            f"백분위수이다(시드 {how.seed})."
        )
        en += (
            f" The {how.confidence:.0%} intervals are percentiles of {how.replicates} bootstrap "
            f"samples of the events (seed {how.seed})."
        )
    return ko, en, tuple(cited)


def _of_communities(result: Communities) -> Sentence:
    groups = len(set(result.labels.values()))
    name = result.method.capitalize()
    ko = (
        f"커뮤니티는 {name} 방법을 {result.runs}회 실행한 합의 분할로 구했다"
        f"(해상도 {result.resolution:g}, 시드 {result.seed}): {groups}개, "
        f"안정도 {result.stability:.2f}, 모듈성 {result.modularity:.3f}"
    )
    en = (
        f"Communities are the consensus of {result.runs} runs of the {name} method (resolution "
        f"{result.resolution:g}, seed {result.seed}): {groups} communities, stability "
        f"{result.stability:.2f}, modularity {result.modularity:.3f}"
    )
    n = len(result.null_modularity)
    if n:
        kind = {"configuration": "배열", "bipartite configuration": "이분 배열"}[result.null]
        ko += f" ({kind} 모형의 무작위 네트워크 {n}개와 비교하여 p = {result.p_value:.3g})"
        en += f" (against {n} random networks of the {result.null} model, p = {result.p_value:.3g})"
    work = "blondel2008" if result.method == "louvain" else "traag2019"
    return ko + ".", en + ".", ("lancichinetti2012", work)


def _of_comparison(result: Comparison) -> Sentence:
    ko = (
        f"정의를 달리한 네트워크의 {result.measure} 순위를 Spearman 상관계수와 Kendall의 τ_b로 "
        "비교하였다."
    )
    en = (
        f"Networks under different definitions were compared by the ranks of {result.measure} "
        "(Spearman's correlation, Kendall's τ_b)."
    )
    return ko, en, ("kendall1945",)


def _of_agendas(result: AgendaComparison) -> Sentence:
    ko = (
        f"두 의제의 차이는 사건을 무작위로 재배치하는 순열 검정 {result.permutations}회로 "
        f"검정하였다(거리 {result.distance:.3f}, p = {result.p_value:.3g}, 시드 {result.seed})."
    )
    en = (
        f"The difference of the two agendas was tested by {result.permutations} permutations of "
        f"the events (distance {result.distance:.3f}, p = {result.p_value:.3g}, "
        f"seed {result.seed})."
    )
    return ko, en, ("phipson2010",)
