"""The worked example of docs/using-the-data.md: its code runs, and gives what the page shows.

``python tests/pipeline/test_using_the_data.py OUT`` writes the results anew into the page.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "using-the-data.md"
# A block of Python and the block of what it prints behind it.
STEP = re.compile(r"```python\n(.*?)```\n\n```\n(.*?)```", re.DOTALL)


def results(page: str) -> list[tuple[str, str]]:
    """(what the page shows, what the code prints) of each step; the steps share their names."""
    names: dict[str, object] = {}
    found = []
    for code, shown in STEP.findall(page):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, PAGE.name, "exec"), names)  # noqa: S102 - our own page
        found.append((shown, printed.getvalue()))
    return found


def test_the_page_shows_what_its_code_prints(fixtures_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fixtures_out.parent)
    (fixtures_out.parent / "OUT").symlink_to(fixtures_out)
    found = results(PAGE.read_text(encoding="utf-8"))
    assert len(found) == 5
    for shown, printed in found:
        assert printed == shown, "if that is as it should be, renew the page (see above)"


def test_every_block_of_code_has_a_result() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert len(STEP.findall(page)) == page.count("```python")


def renew(folder: Path) -> None:
    """Write the results of a run in `folder`/OUT into the page."""
    page = PAGE.read_text(encoding="utf-8")
    with contextlib.chdir(folder):
        printed = iter([text for _, text in results(page)])
    PAGE.write_text(
        STEP.sub(lambda m: f"```python\n{m[1]}```\n\n```\n{next(printed)}```", page), encoding="utf-8"
    )


if __name__ == "__main__":
    renew(Path(sys.argv[1]))
