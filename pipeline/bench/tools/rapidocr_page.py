"""RapidOCR over the whole page at 200 dpi: lines of text and no cells, what reading alone costs."""

from collections.abc import Callable
from importlib import metadata
from typing import Any

import pypdfium2
from rapidocr import RapidOCR

DPI = 200
ONE_THREAD = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def build() -> tuple[str, Callable[[str], dict[str, Any]]]:
    engine: Any = RapidOCR(params=ONE_THREAD)

    def read(path: str) -> dict[str, Any]:
        lines = sum(len(engine(picture).txts or ()) for picture in pictures(path))
        return {"lines": lines}

    return f"rapidocr {metadata.version('rapidocr')}", read


def pictures(path: str) -> list[Any]:
    if not path.endswith(".pdf"):
        return [path]
    with pypdfium2.PdfDocument(path) as document:
        return [page.render(scale=DPI / 72).to_numpy() for page in document]
