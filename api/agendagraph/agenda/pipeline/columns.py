"""Which column of a table holds what a property of the graph says.

The layers write rows as triples; here stands the way back, so that whoever breaks a rule
is told the cell to look at. Where a column stands beside another one (a label in two
languages), both are named, and the language of the value tells which.
"""

from __future__ import annotations

from typing import Final

from agendagraph.namespaces import PREFIXES

_LABELS: Final = {"rdfs:label": "label_ko label_en", "skos:prefLabel": "label_ko label_en"}
_SOURCE: Final = {"dcterms:source": "source"}
_CHECKED: Final = _SOURCE | {"agenda:checkedOn": "checked"}
_WIKIDATA: Final = {"skos:exactMatch": "wikidata"}
_CODED: Final = {"prov:wasAttributedTo": "coder", "agenda:codebookVersion": "coder"}
_VALID: Final = {"agenda:validFrom": "valid_from", "agenda:validUntil": "valid_until"}

_COLUMNS: Final[dict[str, dict[str, str]]] = {
    "countries": _LABELS
    | _SOURCE
    | _WIKIDATA
    | {
        "agenda:iso2": "iso2",
        "agenda:iso3": "iso3",
        "agenda:m49": "m49",
        "agenda:countryKind": "kind",
        "agenda:inRegion": "region",
    },
    "regions": _LABELS
    | {
        "skos:notation": "id",
        "skos:definition": "definition_ko definition_en",
        "skos:broader": "broader",
        "agenda:m49": "m49",
        "skos:exactMatch": "m49",
        "skos:closeMatch": "m49",
        "skos:relatedMatch": "m49",
    },
    "organizations": _LABELS
    | _CHECKED
    | _WIKIDATA
    | {
        "skos:altLabel": "short",
        "skos:notation": "short",
        "agenda:organizationKind": "kind",
        "org:subOrganizationOf": "part_of",
        "agenda:foundedOn": "founded",
        "agenda:dissolvedOn": "dissolved",
        "foaf:homepage": "homepage",
    },
    "country_groups": _LABELS | {"agenda:hasMember": "members", "agenda:note": "note"},
    "memberships": _CHECKED
    | _VALID
    | {
        "agenda:member": "member",
        "agenda:organization": "organization",
        "agenda:membershipStatus": "status",
        "agenda:datePrecision": "precision",
        "agenda:memberOf": "organization",
    },
    "bodies": _LABELS
    | _CHECKED
    | _WIKIDATA
    | _VALID
    | {
        "agenda:ofCountry": "id",
        "org:subOrganizationOf": "part_of",
        "agenda:datePrecision": "valid_from valid_until",
    },
    "places": _LABELS | _SOURCE | _WIKIDATA | {"agenda:inCountry": "in"},
    "events": _LABELS
    | _CHECKED
    | {
        "agenda:startsOn": "start",
        "agenda:endsOn": "end",
        "agenda:atPlace": "place",
        "agenda:eventStatus": "status",
    },
    "instruments": _LABELS
    | _CHECKED
    | {"agenda:instrumentKind": "kind", "agenda:date": "date", "agenda:party": "parties"},
    "unnamed_actors": _LABELS | {"agenda:note": "note"},
    "terms": _LABELS
    | _SOURCE
    | {
        "agenda:startsOn": "start",
        "agenda:plannedEnd": "planned_end",
        "agenda:actualEnd": "actual_end",
        "agenda:ofCountry": "country",
    },
    "agenda": {
        "rdfs:label": "title_ko title_en",
        "skos:prefLabel": "title_ko title_en",
        "agenda:issuedBy": "body",
        "agenda:ofTerm": "term",
        "agenda:presentedOn": "presented",
        "agenda:adoptedOn": "cabinet",
        "dcterms:issued": "published",
        "prov:wasDerivedFrom": "capture",
        "rdfs:seeAlso": "policy_source",
    },
    "labels": _LABELS | {"agenda:translation": "translation"},
    "commitments": _LABELS
    | _CODED
    | {
        "agenda:commitmentOf": "element",
        "agenda:order": "order",
        "agenda:asStated": "quote",
        "agenda:actionType": "action_type",
        "agenda:conditionText": "condition",
        "agenda:note": "note",
    },
    "themes": _CODED
    | {"agenda:themeOf": "subject", "agenda:theme": "theme", "agenda:share": "share"},
    "engagements": _CODED
    | {
        "agenda:inCommitment": "commitment",
        "agenda:evidence": "evidence",
        "agenda:counterpart": "counterpart",
        "agenda:engagementRole": "role",
        "agenda:stance": "stance",
        "agenda:explicitness": "explicitness",
        "agenda:viaGroup": "via_group",
        "agenda:inFormat": "in_format",
        "agenda:atPlace": "at_place",
        "agenda:asStated": "quote",
        "agenda:note": "note",
    },
    "responsibilities": _CODED
    | {
        "agenda:responsibilityOf": "element",
        "agenda:body": "body",
        "agenda:responsibilityRole": "role",
        "agenda:leadBody": "role",
        "agenda:coLeadBody": "role",
        "agenda:asStated": "quote",
    },
    "quantities": _CODED
    | {
        "agenda:quantityOf": "element",
        "agenda:measure": "measure",
        "agenda:value": "value",
        "agenda:unit": "unit",
        "agenda:asStated": "as_stated",
        "agenda:isProvisional": "provisional",
        "agenda:quantifies": "quantifies",
    },
    "dates": _CODED
    | {
        "agenda:dateOf": "element",
        "agenda:asStated": "as_stated",
        "agenda:date": "date",
        "agenda:datePrecision": "precision",
        "agenda:dates": "event",
    },
    "promises": _CODED
    | {
        "agenda:inCommitment": "commitment",
        "agenda:promises": "thing",
        "agenda:promiseKind": "kind",
        "agenda:under": "under",
        "agenda:asStated": "quote",
    },
    "invocations": _CODED
    | {
        "agenda:invocationOf": "element",
        "agenda:invokes": "instrument",
        "agenda:asStated": "quote",
    },
    "errata": {
        "rdfs:label": "as_stated expected",
        "agenda:erratum": "element",
        "agenda:erratumOf": "element",
        "agenda:asStated": "as_stated",
        "agenda:expected": "expected",
        "agenda:erratumKind": "kind",
        "agenda:note": "note",
    },
    "policy_lines": {"agenda:policyLine": "line"},
    "coders": {
        "rdfs:label": "label_ko label_en",
        "agenda:coderKind": "kind",
        "agenda:note": "note",
    },
}


def _iri(term: str) -> str:
    prefix, _, name = term.partition(":")
    return PREFIXES[prefix] + name


COLUMNS: Final = {
    table: {_iri(term): tuple(columns.split()) for term, columns in of.items()}
    for table, of in _COLUMNS.items()
}
"""The columns that hold what a property says, by table and by the property's IRI."""


def columns_saying(table: str, predicate: str, language: str = "") -> tuple[str, ...]:
    """Return the columns of *table* that hold what the property *predicate* says.

    Args:
        table: The name of the table; one that is none has no columns.
        predicate: The IRI of the property.
        language: The language of the value, where there is one.

    >>> columns_saying("countries", "http://www.w3.org/2000/01/rdf-schema#label", "en")
    ('label_en',)
    """
    columns = COLUMNS.get(table, {}).get(predicate, ())
    return tuple(c for c in columns if language and c.endswith(f"_{language}")) or columns
