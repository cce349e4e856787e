"""The inspect page in a real browser: layers switch without a script, nothing leaves the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import OpenFile

from goaltables.pipeline.inspect.inspection import inspect_document
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.settings import ReadSettings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    use_language("zh")
    try:
        data = (FIXTURES / "seed_digital.pdf").read_bytes()
        return inspect_document(data, "甲.pdf", tmp_path_factory.mktemp("inspect"), ReadSettings())[0]
    finally:
        use_language("en")


def test_layers_are_switched_by_their_boxes(index: Path, open_file: OpenFile) -> None:
    page = open_file(index)
    assert page.locator(".layer-cells").first.is_visible()
    assert not page.locator(".layer-roles").first.is_visible()
    page.get_by_label("角色", exact=True).check()
    page.get_by_label("单元格与跨度").uncheck()
    assert page.locator("g.layer-roles .name").first.is_visible()
    assert not page.locator("g.layer-cells").first.is_visible()
    page.get_by_label("识读文字").check()
    assert page.locator("g.layer-texts text", has_text="阔克苏乡人民政府").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
def test_it_fits_the_window_in_light_and_dark(
    index: Path, open_file: OpenFile, width: int, scheme: str
) -> None:
    page = open_file(index, width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(20, 24, 30)") == (scheme == "dark")
    assert page.locator("svg image").first.evaluate("e => e.getBoundingClientRect().width") > 0.3 * width
