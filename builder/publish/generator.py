"""Run the site generator in a process of its own, quickly: ``python -m builder.publish.generator``.

It does what ``mkdocs build --strict`` does, to the byte, and needs about a third of its time. The
pages are HTML but for their headings, and Python-Markdown, like MkDocs after it, takes HTML apart
with a parser of pure Python to put it back as it was. Here a block that is plainly whole is set
aside beforehand; any other goes the usual way. mkdocs.yml knows nothing of this, so that MkDocs
alone, or its successor, build the same tree.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from mkdocs.commands.build import build
from mkdocs.config import load_config

# After the white space is put in order (30), before MkDocs reads anchors (21) and the HTML is
# taken apart (20).
_PRIORITY = 25
_ATTRIBUTE = r'\s+[a-zA-Z_:][-\w:.]*(?:="[^"\n]*")?'
_TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:{_ATTRIBUTE})*\s*(/?)>")
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_BLANK = re.compile(r"(\n{2,})")
# Their content is no HTML, or they stand alone at the top of a page.
_UNUSUAL = frozenset({"script", "style", "hr"})


class WholeBlocks(Extension):  # type: ignore[misc]  # an untyped base
    """A Markdown extension that takes blocks of HTML as they are."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name is Python-Markdown's)
        """Register the preprocessor."""
        md.preprocessors.register(_SetAside(md), "whole-blocks", _PRIORITY)


class _SetAside(Preprocessor):  # type: ignore[misc]  # an untyped base
    """Put blocks of HTML into the stash from which Python-Markdown puts them back at the end."""

    def run(self, lines: list[str]) -> list[str]:
        kept: list[str] = []
        # What stands behind an element without an end, or a stray sign, may be a part of it.
        sure = True
        for block in _BLANK.split("\n".join(lines)):
            elements = self._find(block) if sure else []
            sure = sure and (bool(elements) or _is_text(block))
            # The blank line that follows a block of HTML is kept with it.
            text = "\n".join([*elements, ""])
            kept.append(self.md.htmlStash.store(text) if elements else block)
        return "".join(kept).split("\n")

    def _find(self, block: str) -> list[str]:
        return find_elements(block, self.md.is_block_level) if block.startswith("<") else []


def find_elements(block: str, is_block_level: Callable[[str], bool]) -> list[str]:
    """Return the elements that text is made of if all are blocks and well closed, else nothing.

    In doubt there is nothing: comments, odd tags and stray ampersands go the usual way.
    """
    elements: list[str] = []
    stack: list[str] = []
    first = last = 0
    for tag in _TAG.finditer(block):
        closing, name, empty = tag[1], tag[2].lower(), tag[3]
        between = block[last : tag.start()]
        last = tag.end()
        if not stack:
            if between not in ("", "\n") or closing or empty or not is_block_level(name):
                return []
            first = tag.start()
        elif not _is_text(between):
            return []
        if name in _UNUSUAL or (closing and name not in stack):
            return []
        if closing:
            _close(stack, name)
            if not stack:
                elements.append(block[first:last])
        elif not empty:
            stack.append(name)
    return [] if stack or block[last:] else elements


def _is_text(words: str) -> bool:
    """Tell whether words between two tags hold neither a broken tag nor a stray ampersand."""
    return "<" not in words and ("&" not in words or "&" not in _ENTITY.sub("", words))


def _close(stack: list[str], name: str) -> None:
    while stack.pop() != name:
        pass  # an element without an end, such as <br>


def generate(config: str, out: str) -> None:
    """Build the site that a file of settings tells of into a folder, strictly.

    Warnings are logged; after one MkDocs ends the process with status 1.
    """
    settings = load_config(config_file=config, site_dir=out, strict=True)
    settings.markdown_extensions.append(WholeBlocks())
    settings.plugins.on_startup(command="build", dirty=False)
    try:
        build(settings)
    finally:
        settings.plugins.on_shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s - %(message)s")
    generate(*sys.argv[1:])
