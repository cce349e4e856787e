"""The recognisers (识读引擎) behind one small protocol, ``goaltables.records.OcrEngine``.

Line pictures go in, texts with one probability per character come out. Each module of an engine exposes
``build() -> OcrEngine``, and ``build_fast()`` where it has a faster form that reads as well. A module is
imported only when its engine is asked for, so that a missing package hurts nobody who does not use it. Build
an engine inside the worker process that uses it, never before a fork: its session does not survive one.
"""

from __future__ import annotations

from importlib import import_module

from goaltables.errors import UsageError
from goaltables.records import OcrEngine

DEFAULT_ENGINE = "rapidocr"

ENGINES: dict[str, str] = {
    "rapidocr": "goaltables.extractors.engines.rapidocr",
    "tesseract": "goaltables.extractors.engines.tesseract",
    "null": "goaltables.extractors.engines.null",
}


def build_engine(name: str = DEFAULT_ENGINE, *, fast: bool = False) -> OcrEngine:
    """Make the engine called `name`, ready to read; `fast`: its faster form, where it has one.

    Raises:
        UsageError: there is no engine of that name.
        DependencyMissing: the engine's package, program or model is not installed.

    """
    module = ENGINES.get(name)
    if module is None:
        raise UsageError(f"no engine is called {name!r}; choose one of {', '.join(sorted(ENGINES))}")
    chosen = import_module(module)
    engine: OcrEngine = chosen.build_fast() if fast and hasattr(chosen, "build_fast") else chosen.build()
    return engine
