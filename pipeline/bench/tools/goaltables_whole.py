"""goaltables, the whole pipeline: from the file to the record with its names, values, checks and places."""

from collections.abc import Callable
from importlib import metadata
from typing import Any

from goaltables.pipeline.api import digitize


def build() -> tuple[str, Callable[[str], dict[str, Any]]]:
    return f"goaltables {metadata.version('goaltables')}", read


def read(path: str) -> dict[str, Any]:
    return {"record": digitize(path).model_dump(mode="json")}
