"""img2table: rules found in the page's picture, texts from the text layer or, on scans, by RapidOCR."""

from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

from img2table.document import PDF, Image

ONE_THREAD = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def build() -> tuple[str, Callable[[str], dict[str, Any]]]:
    def read(path: str) -> dict[str, Any]:
        return pages(PDF(path).extract_tables())

    return f"img2table {metadata.version('img2table')}", read


def build_with_rapidocr() -> tuple[str, Callable[[str], dict[str, Any]]]:
    from img2table.ocr import RapidOCR
    from rapidocr import LangRec

    ocr = RapidOCR(params={"Rec.lang_type": LangRec.CH, **ONE_THREAD})

    def read(path: str) -> dict[str, Any]:
        document = PDF(path, pdf_text_extraction=False) if path.endswith(".pdf") else Image(path)
        found = document.extract_tables(ocr=ocr)
        return pages(found if isinstance(found, dict) else {0: found})

    return " + ".join(f"{name} {metadata.version(name)}" for name in ("img2table", "rapidocr")), read


def pages(found: dict[int, Any]) -> dict[str, Any]:
    """Its tables by page, counted from 1."""
    return {
        "pages": [
            {"page": number + 1, "tables": [{"cells": list(cells(table))} for table in tables]}
            for number, tables in found.items()
        ]
    }


def cells(table: Any) -> Iterator[dict[str, Any]]:
    """A merged cell stands once: img2table repeats it in every place that it covers."""
    seen = set()
    for places in table.content.values():
        for place in places:
            box = place.bbox.x1, place.bbox.y1, place.bbox.x2, place.bbox.y2
            if box not in seen:
                seen.add(box)
                yield {"text": place.value or "", "bbox": list(box)}
