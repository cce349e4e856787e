"""The review desk worked by mouse: texts, the page, the grid."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from conftest import OpenDesk
from desk_page import current, decisions, go_to, open_document, saved, status

from goaltables.pipeline.cli import run_command
from goaltables.pipeline.review.store import ReviewStore

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


def test_everything_is_there_for_the_mouse(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    page.locator('.row:has-text("290%") .field').click()
    value = current(page)
    assert value["text"] == "290%"
    page.locator(".row.current .alternatives button").click()
    saved(page)
    assert status(page, value["key"]) == "✓ 已更正"
    for label, text in (("接受", "✓ 已接受"), ("无法辨认", "✗ 无法辨认")):
        now = current(page)
        page.locator(".row.current .actions button", has_text=label).click()
        saved(page)
        assert status(page, now["key"]) == text
    flagged = current(page)
    page.locator(".row.current .actions button", has_text="请同事看").click()
    page.locator(".row.current .colleague input").fill("第二位数字看不清")
    page.locator(".row.current .colleague button").click()
    page.wait_for_function(
        "() => document.querySelector('.row.current .facts')?.parentElement.textContent.includes('看不清')"
    )
    page.locator(".row.current .actions button", has_text="撤销").click()
    saved(page)
    assert [d.note for d in decisions(made) if d.action == "flag"] == ["", "第二位数字看不清"]
    box = page.locator(f'.box[data-key="{flagged["key"]}"]')
    assert box.get_attribute("class") == "box doubt current"
    other = page.locator(".box.doubt:not(.current)").first
    key = other.get_attribute("data-key")
    other.click()
    assert current(page)["key"] == key


def test_a_sum_turns_right_while_a_digit_is_typed(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    assert page.inner_text("#sums-count").startswith("✗ 2")
    go_to(page, "81.50")
    page.keyboard.press("e")
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    page.keyboard.type("80")
    page.wait_for_function("() => document.getElementById('sums-count').textContent.startsWith('✓')")
    assert decisions(made) == []  # only shown
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.getElementById('sums-count').textContent.startsWith('✗ 2')")
    page.keyboard.press("1")  # the amount that the sums ask for
    page.wait_for_function("() => document.getElementById('sums-count').textContent.startsWith('✓')")
    assert [d.after for d in decisions(made)] == ["80.50"]


def test_the_page_is_moved_and_zoomed(seed: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(seed / "out")
    page = desk.person()
    open_document(desk, page, "seed.pdf")
    page.wait_for_function("() => document.querySelector('.sheet img')?.complete")

    def place() -> str:
        return str(page.evaluate("document.getElementById('sheet').style.transform"))

    def wheel() -> None:
        page.mouse.move(300, 400)
        page.mouse.wheel(0, 120)

    acts: list[Callable[[], object]] = [
        lambda: page.click("#zoom-in"),
        lambda: page.keyboard.press("-"),
        wheel,
        lambda: page.click("#fit"),
    ]
    seen = [place()]
    for act in acts:
        act()
        page.wait_for_timeout(50)
        assert place() != seen[-1]
        seen.append(place())
    page.mouse.move(300, 400)
    page.mouse.down()
    page.mouse.move(350, 460, steps=4)
    page.mouse.up()
    assert place() != seen[-1]
    assert page.inner_text("#page-number") == "1 / 2"
    page.click("#page-on")
    assert page.inner_text("#page-number") == "2 / 2"
    assert page.locator(".sheet img").get_attribute("alt") == "原件第 2 页"


def test_a_grid_is_repaired_and_the_page_read_again(tmp_path: Path, open_desk: OpenDesk) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.pdf").write_bytes((FIXTURES / "project_digital.pdf").read_bytes())
    out = tmp_path / "out"
    assert run_command(["digitize", str(tmp_path / "in"), "--out", str(out), "--workers", "1"]) == 0
    table = json.loads((out / "documents" / "p.pdf.json").read_text(encoding="utf-8"))["tables"][0]
    one, other = (indicator["source"][0] for indicator in table["indicators"][:2])
    desk = open_desk(out, "--sample", "1")
    page = desk.person()
    open_document(desk, page, "p.pdf")
    page.click("#grid-button")
    page.wait_for_selector(".box.cell")
    cells = page.locator(".box.cell").count()
    page.click("[data-grid=merge]")
    assert "不能" in page.inner_text("#grid-note")
    for at in (one, other):
        page.locator(f'.box.cell[data-key="0:{at["row"]}:{at["col"]}"]').click()
    page.click("[data-grid=merge]")
    page.wait_for_function(f"() => document.querySelectorAll('.box.cell').length === {cells - 1}")
    page.locator(f'.box.cell[data-key="0:{one["row"]}:{one["col"]}"]').click()
    page.click("[data-grid=rows]")
    page.locator(f'.box.cell[data-key="0:{one["row"]}:{one["col"]}"]').click()
    page.wait_for_function(f"() => document.querySelectorAll('.box.cell').length === {cells}")
    page.click("[data-grid=mark]")
    page.mouse.move(120, 700)
    page.mouse.down()
    page.mouse.move(260, 760, steps=3)
    page.mouse.up()
    page.wait_for_function(f"() => document.querySelectorAll('.box.cell').length === {cells + 1}")
    with page.expect_navigation(timeout=60_000):
        page.click("[data-grid=read]")
    page.wait_for_selector(".row.current")
    with ReviewStore(out) as store:
        (given,) = store.given(
            json.loads((out / "documents" / "p.pdf.json").read_text(encoding="utf-8"))["source"]["sha256"]
        )
    assert len(json.loads(given.content)) == 2
