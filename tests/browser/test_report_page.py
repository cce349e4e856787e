"""The report in a real browser: light and dark, wide and narrow, nothing leaves the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import OpenFile

from goaltables.pipeline.cli import run_command


@pytest.fixture(scope="module")
def report(fixtures_out: Path) -> Path:
    assert run_command(["report", str(fixtures_out), "--lang", "zh"]) == 0
    return fixtures_out / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_plots_are_seen_in_every_window(report: Path, open_file: OpenFile, width: int, scheme: str) -> None:
    page = open_file(report, width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    plots = page.locator("svg.plot")
    assert plots.count() >= 6
    for number in range(plots.count()):
        box = plots.nth(number).bounding_box()
        assert box is not None
        assert box["width"] > 0.2 * width
        assert box["height"] > 40
    label = page.locator("svg.plot text", has_text="文本层可信").first
    assert label.is_visible()
    bar = page.locator("#documents .fill-good").first
    colour = bar.evaluate("e => getComputedStyle(e).fill")
    assert colour == ("rgb(46, 125, 79)" if scheme == "light" else "rgb(108, 199, 147)")


def test_labels_do_not_run_out_of_their_plot(report: Path, open_file: OpenFile) -> None:
    """Texts are measured with one font and shown in another: they still have room."""
    page = open_file(report)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg.plot')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 2 || box.right > frame.right + 2;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []


def test_the_record_can_be_followed(report: Path, open_file: OpenFile) -> None:
    page = open_file(report)
    link = page.locator("#needs-a-person a").first.get_attribute("href")
    assert link is not None
    assert (report.parent / link).is_file()
