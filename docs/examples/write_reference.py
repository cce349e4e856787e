"""Write the reference pages that are made from data files (``make docs``); tests keep them current."""

from __future__ import annotations

from pathlib import Path

from goaltables.normalizers.findings import findings_page
from goaltables.pipeline.commands.reference import commands_page
from goaltables.pipeline.dataset.reference import dataset_reference

PAGES = {"commands.md": commands_page, "dataset.md": dataset_reference, "findings.md": findings_page}

if __name__ == "__main__":
    for name, reference in PAGES.items():
        (Path(__file__).resolve().parents[1] / name).write_text(reference(), encoding="utf-8")
