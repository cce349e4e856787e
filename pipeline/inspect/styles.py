"""How marks look: the palette of ``pipeline/data/inspect.toml``, as colours and as CSS."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from goaltables.pipeline.inspect.layers import FOUND, LAYERS


@dataclass(frozen=True, slots=True)
class Style:
    """Colours as #rrggbb, empty for none; `opacity` is the fill's, from 0 to 1."""

    line: str
    fill: str
    opacity: float


@cache
def styles() -> Mapping[str, Style]:
    text = resources.files("goaltables.pipeline.data").joinpath("inspect.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return {name: Style(**{"opacity": data["opacity"], **entry}) for name, entry in data["styles"].items()}


def css() -> str:
    """The rules for marks and for the switches of the layers."""
    return "\n".join([*_mark_rules(), *_switch_rules()])


def _mark_rules() -> Iterator[str]:
    for name, style in styles().items():
        fill = f"fill: {style.fill}; fill-opacity: {style.opacity}" if style.fill else "fill: none"
        yield f".{name} .shape, .swatch-{name} {{ stroke: {style.line or 'none'}; {fill} }}"


def _switch_rules() -> Iterator[str]:
    """Without a script: a layer is hidden while its switch is off."""
    for name in (FOUND, *LAYERS):
        yield f"body:has(#show-{name}:not(:checked)) .layer-{name} {{ display: none }}"
