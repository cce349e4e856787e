"""The text of Word paragraphs, as it is printed.

Left out are what is deleted in tracked changes and what is hidden; a text box counts where it is anchored.
Numbers that Word counts by itself (自动编号) are not in the text: such a paragraph is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

from goaltables.extractors.clean_text import REPLACEMENT

NUMBERED = "automatic-number-left-out"
HIDDEN = "hidden-text-dropped"
PAGE_BREAK = "\f"

_SIGNS = {
    qn("w:tab"): "\t",
    qn("w:cr"): "\n",
    qn("w:noBreakHyphen"): "-",
    qn("w:sym"): REPLACEMENT,  # a picture of a symbol font, such as a ticked box
}
# Not printed, printed elsewhere (a nested table is a table of its own), or a second copy for old programs.
_SKIPPED = {
    qn(f"w:{name}")
    for name in ("del", "moveFrom", "rPr", "pPr", "tcPr", "tbl", "instrText", "delText", "rPrChange")
} | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}


def paragraph_text(paragraph: Any) -> str:
    r"""The text of a ``w:p``: line breaks as ``\n``, page breaks as ``\f``."""
    return "".join(_texts(paragraph))


def cell_text(cell: Any) -> tuple[str, tuple[str, ...]]:
    """The paragraphs of a ``w:tc`` under each other, and flags."""
    paragraphs = [p for p in cell.iterdescendants(qn("w:p")) if _holder(p) is cell]
    flags = []
    if any(p.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None for p in paragraphs):
        flags.append(NUMBERED)
    if any(_is_hidden(run) for p in paragraphs for run in p.iterdescendants(qn("w:r"))):
        flags.append(HIDDEN)
    return "\n".join(map(paragraph_text, paragraphs)).replace(PAGE_BREAK, "\n"), tuple(flags)


def _holder(paragraph: Any) -> Any:
    """The cell or text box in which a paragraph stands."""
    holders = (qn("w:tc"), qn("w:txbxContent"))
    return next((above for above in paragraph.iterancestors() if above.tag in holders), None)


def _texts(element: Any) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == qn("w:t"):
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag == qn("w:br"):
            yield PAGE_BREAK if child.get(qn("w:type")) == "page" else "\n"
        elif child.tag in _SKIPPED or (child.tag == qn("w:r") and _is_hidden(child)):
            continue
        else:
            if child.tag == qn("w:p"):  # in a text box
                yield "\n"
            yield from _texts(child)


def _is_hidden(run: Any) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false", "off")
