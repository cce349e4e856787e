"""What a digital page costs, beside ``pdfplumber.extract_tables`` on the same pages in the same run.

    python benchmarks/digital_pages.py FOLDER [--rounds N]

CPU seconds a page (median over rounds, the two taken in turn), for every PDF of the folder that is read by
its text layer. What is compared: opening the file, routing it, comparing its text with its ink, finding grids
and filling cells, against opening the file and extracting the tables of each page.
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import pdfplumber

from goaltables.errors import DocumentError
from goaltables.extractors.digital_page import read_digital_page
from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.extractors.open_document import open_document
from goaltables.extractors.route import route_page
from goaltables.records import Route


def read(data: bytes) -> int:
    """Read every page by its text layer; how many there were, 0 when one of them is not."""
    with open_document(data) as opened:
        for number in range(1, opened.page_count + 1):
            route = route_page(opened, number)
            if route.route is not Route.TEXT:
                return 0
            read_digital_page(opened, number, route)
        return opened.page_count


def extract(data: bytes) -> None:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for page in pdf.pages:
            page.extract_tables()
            page.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare digital pages with pdfplumber.extract_tables.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    documents: list[tuple[bytes, int]] = []
    for path in sorted(options.folder.glob("*.pdf")):
        data = path.read_bytes()
        try:
            with open_document(data) as opened:
                is_pdf = isinstance(opened, PdfDocument)
            pages = read(data) if is_pdf else 0
        except DocumentError:
            continue
        if pages:
            documents.append((data, pages))
    count = sum(pages for _, pages in documents)
    ours, theirs = [], []
    for _ in range(options.rounds):
        spent = [0.0, 0.0]
        for data, _ in documents:
            for k, work in enumerate((read, extract)):
                start = time.process_time()
                work(data)
                spent[k] += time.process_time() - start
        ours.append(spent[0] / count)
        theirs.append(spent[1] / count)
    one, other = statistics.median(ours), statistics.median(theirs)
    print(f"{len(documents)} documents, {count} pages")
    print(f"goaltables {one:.3f} s a page, pdfplumber.extract_tables {other:.3f} s, ratio {one / other:.2f}")


if __name__ == "__main__":
    main()
