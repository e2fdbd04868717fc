"""What a reader must know of an article as a whole: retractions, corrections, parts left out."""

from __future__ import annotations

import re

from lxml import etree

from builder.readers.jats.context import Context, child_of, href, words_of

_RETRACTED = re.compile(r"^\W*(?:retracted|retraction|withdrawn)\b", re.IGNORECASE)
_CORRECTIONS = ("correction", "erratum", "corrigendum", "addendum", "expression-of-concern")
_ABOUT_IT = ("retraction-forward", "retracted", "concern", "corrected", "correction-forward")
_PARTS = ("sub-article", "response")


def flag_notices(article: etree._Element, title: str, context: Context) -> None:
    """Flag retractions, corrections, missing parts and parts that are left out."""
    kind = (article.get("article-type") or "").lower()
    if kind == "retraction" or "retract" in kind or _RETRACTED.match(title):
        context.flag(
            "warning", "jats-retraction", article, "a paper that stands", "a retraction", _HINT
        )
    elif kind in _CORRECTIONS or kind.startswith("correct"):
        context.flag(
            "warning", "jats-erratum", article, "a paper", f"a notice of type {kind!r}", _HINT
        )
    _flag_related(article, context)
    for part in article.iter(*_PARTS):
        got = f"a {part.tag} of type {part.get('article-type', part.get('response-type', ''))!r}"
        context.flag("note", "jats-sub-article", part, "one text; this part is left out", got)
    if child_of(article, "body") is None:
        context.flag("warning", "jats-no-body", article, "the full text", "front matter only")


_HINT = "Its statements must not stand as findings of the paper it is about."


def _flag_related(article: etree._Element, context: Context) -> None:
    for related in article.iter("related-article"):
        kind = (related.get("related-article-type") or "").lower()
        if any(True for _ in related.iterancestors(*_PARTS)):
            continue
        target = href(related) or words_of(related).strip()
        if any(word in kind for word in ("retract", "concern")):
            rule, hint = "jats-retraction", "Look at the notice before you use the paper."
            context.flag("warning", rule, related, "a paper that stands", f"{kind}: {target}", hint)
        elif "corr" in kind or "errat" in kind or "addend" in kind:
            rule, hint = "jats-erratum", "Look at the notice before you use the paper."
            context.flag("note", rule, related, "no later notice", f"{kind}: {target}", hint)
