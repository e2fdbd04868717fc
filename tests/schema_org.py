"""What schema.org allows: the types that the atlas uses, each with its parent and own properties.

Written from the pages of schema.org (version 29), for a test that needs no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TYPES: dict[str, tuple[str, str]] = {
    "Thing": (
        "",
        "name description url identifier sameAs alternateName mainEntityOfPage potentialAction",
    ),
    "CreativeWork": (
        "Thing",
        "headline author datePublished dateModified isPartOf license inLanguage version keywords "
        "isAccessibleForFree creator publisher text encodingFormat",
    ),
    "Article": ("CreativeWork", "pageStart pageEnd pagination"),
    "ScholarlyArticle": ("Article", ""),
    "Report": ("Article", "reportNumber"),
    "Book": ("CreativeWork", "isbn bookEdition"),
    "Chapter": ("CreativeWork", "pageStart pageEnd pagination"),
    "Thesis": ("CreativeWork", "inSupportOf"),
    "Periodical": ("CreativeWork", "issn"),
    "PublicationVolume": ("CreativeWork", "volumeNumber pageStart pageEnd"),
    "PublicationIssue": ("CreativeWork", "issueNumber pageStart pageEnd"),
    "WebPage": ("CreativeWork", "breadcrumb"),
    "WebSite": ("CreativeWork", "issn"),
    "Claim": ("CreativeWork", "appearance firstAppearance"),
    "Dataset": ("CreativeWork", "distribution"),
    "DataDownload": ("CreativeWork", "contentUrl contentSize"),
    "DefinedTermSet": ("CreativeWork", "hasDefinedTerm"),
    "DefinedTerm": ("Thing", "termCode inDefinedTermSet"),
    "MedicalStudy": ("Thing", "healthCondition status sponsor studySubject"),
    "MedicalTrial": ("MedicalStudy", "phase trialDesign"),
    "MedicalCondition": ("Thing", ""),
    "Person": ("Thing", "givenName familyName"),
    "Organization": ("Thing", ""),
    "PropertyValue": ("Thing", "propertyID value"),
    "BreadcrumbList": ("Thing", "itemListElement"),
    "ListItem": ("Thing", "position item"),
    # "query-input" is the search engines' own.
    "SearchAction": ("Thing", "target query-input"),
    "EntryPoint": ("Thing", "urlTemplate"),
}
# What a reader of the data, or the profile (Bioschemas, Google), can't do without.
NEEDED = {
    "ScholarlyArticle": "name",
    "DefinedTerm": "name termCode inDefinedTermSet url",
    "MedicalTrial": "name identifier url",
    "Dataset": "name description identifier keywords license url distribution",
    "DataDownload": "contentUrl encodingFormat",
    "ListItem": "position name item",
    "Claim": "text appearance",
    "PropertyValue": "propertyID value",
    "WebPage": "name",
    "Organization": "name",
    "Person": "name",
}
ADDRESSES = frozenset(["url", "sameAs", "license", "item", "contentUrl", "mainEntityOfPage", "@id"])
# The members of enumerations; any of them is written as its address.
DESIGNS = {"https://schema.org/RandomizedTrial"}


def properties(kind: str) -> set[str]:
    parent, own = TYPES[kind]
    return set(own.split()) | (properties(parent) if parent else set())


def find_faults(data: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a block of JSON-LD of our own shape: a context and a graph."""
    if set(data) != {"@context", "@graph"} or data["@context"] != "https://schema.org":
        yield f"no graph of schema.org: {sorted(data)}"
    for node in data.get("@graph", []):
        yield from _find(node)


def _find(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _find(item)
    elif isinstance(node, dict) and set(node) != {"@id"}:
        kind = node.get("@type")
        if kind not in TYPES:
            yield f"{kind} is no type"
            return
        yield from _find_in_keys(kind, node)
        for key, value in node.items():
            yield from _find_in_value(kind, key, value)
            yield from _find(value)


def _find_in_keys(kind: str, node: dict[str, Any]) -> Iterator[str]:
    for key in sorted(node.keys() - {"@type", "@id"} - properties(kind)):
        yield f"{kind} has no {key}"
    for key in NEEDED.get(kind, "").split():
        if not node.get(key):
            yield f"{kind} lacks {key}"
    if kind == "BreadcrumbList":
        places = [item["position"] for item in node["itemListElement"]]
        if places != list(range(1, len(places) + 1)):
            yield f"crumbs count {places}"


def _find_in_value(kind: str, key: str, value: Any) -> Iterator[str]:
    if value in ("", None, [], {}):
        yield f"{kind}.{key} is empty"
    if key == "trialDesign" and value not in DESIGNS:
        yield f"{kind}.{key} is none of schema.org: {value}"
    for part in value if isinstance(value, list) else [value]:
        if key in ADDRESSES and isinstance(part, str) and not part.startswith("http"):
            yield f"{kind}.{key} is no address: {part}"
