"""From matplotlib's SVG to a part of our page: no styles of its own, colours that follow light and dark.

A content security policy that allows no inline style would leave the plot without any: what matplotlib
writes as styles becomes attributes, and the colours of `COLOURS` become classes that the page's styles fill.
Texts stay texts, so that the browser chooses a font with Chinese characters.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from typing import Final

SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"

# What a plot may be drawn in -> the name of the page's colour.
COLOURS: Final = {
    "#000001": "ink",
    "#000002": "soft",
    "#000003": "line",
    "#000004": "accent",
    "#000005": "good",
    "#000006": "warn",
    "#000007": "bad",
    "#000008": "note",
}
INK, SOFT, LINE, ACCENT, GOOD, WARN, BAD, NOTE = COLOURS

_KEPT: Final = frozenset(
    {"stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "opacity", "text-anchor"}
)
_LENGTH: Final = re.compile(r"([\d.]+)px")


def themed(svg: bytes, name: str, title: str) -> str:
    """The ``<svg>`` element of a figure for our page; `name` keeps its ids apart from other figures'."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - matplotlib's own output
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        _restyle(element)
        _rename(element, name)
    view = root.get("viewBox", "")
    root.attrib.clear()
    root.attrib.update({"viewBox": view, "role": "img", "aria-label": title, "class": "plot"})
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _restyle(element: ElementTree.Element) -> None:
    """Styles as attributes and classes."""
    declared: dict[str, str] = {}
    for rule in element.attrib.pop("style", "").split(";"):
        key, _, value = rule.partition(":")
        declared[key.strip()] = value.strip()
    classes = []
    for side in ("fill", "stroke"):
        colour = declared.get(side)
        if colour in COLOURS:
            classes.append(f"{side}-{COLOURS[colour]}")
        elif colour is not None:
            element.set(side, colour)
    if element.tag == f"{{{SVG}}}text":
        size = _LENGTH.search(declared.get("font", declared.get("font-size", "")))
        if size:
            element.set("font-size", size[1])
        classes = classes or ["fill-ink"]
    for key in _KEPT.intersection(declared):
        element.set(key, declared[key])
    if classes:
        element.set("class", " ".join(classes))


def _rename(element: ElementTree.Element, name: str) -> None:
    """Ids and what refers to them."""
    for key, value in list(element.attrib.items()):
        if key == "id":
            element.set(key, f"{name}-{value}")
        elif key == f"{{{XLINK}}}href" and value.startswith("#"):
            element.set(key, f"#{name}-{value[1:]}")
        elif "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{name}-"))
