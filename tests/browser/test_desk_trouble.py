"""The review desk over hostile texts, without originals, and when nothing can be saved."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import OpenDesk
from desk_page import current, decisions, go_to, open_document, saved
from made_record import made_document, made_table, write_record

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\u202etxt.exe"


def test_hostile_texts_and_names_are_texts(tmp_path: Path, open_desk: OpenDesk) -> None:
    goals = (("数量指标", HOSTILE, HOSTILE, 0.3), ("数量指标", "</script><b>x</b>", "{{7*7}}", 0.3))
    document = made_document(made_table(goals=goals), path=HOSTILE)
    write_record(
        tmp_path,
        document.model_copy(
            update={"tables": [document.tables[0].model_copy(update={"organization": HOSTILE})]}
        ),
    )
    desk = open_desk(tmp_path)
    page = desk.person()
    page.goto(desk.base + "/")
    assert HOSTILE in page.locator(".documents").inner_text()
    page.locator(".documents th a").first.click()
    page.wait_for_selector(".row.current")
    page.locator("#only-waiting").uncheck()
    shown = page.evaluate("[...document.querySelectorAll('.row .said bdi')].map((e) => e.textContent)")
    assert HOSTILE in shown
    assert "</script><b>x</b>" in shown
    go_to(page, "<script>")
    page.keyboard.press("e")
    page.keyboard.type("<img src=x onerror=alert(3)>")
    page.keyboard.press("Enter")
    saved(page)
    page.keyboard.press("f")
    page.wait_for_timeout(300)
    assert page.locator("img[src='x']").count() == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 3
    # A right-to-left override turns only the text that it is in.
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.row .said bdi')).unicodeBidi") == "isolate"
    )


def test_without_its_original_the_page_is_drawn_from_the_record(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    page.wait_for_selector("#notice:visible")
    assert "--inputs" in page.inner_text("#notice")
    assert "产出指标" in page.locator("#sheet").inner_text()
    page.keyboard.press("Enter")
    saved(page)
    assert len(decisions(made)) == 1


def test_what_cannot_be_saved_says_so_and_can_be_tried_again(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    desk.expected = re.compile("Failed to load resource|net::")
    page = desk.person()
    open_document(desk, page, "a.pdf")
    now = current(page)
    page.route("**/decisions", lambda route: route.abort())
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.state.unsaved')")
    assert decisions(made) == []
    page.unroute("**/decisions")
    page.locator(f'.row[data-key="{now["key"]}"] .status button').click()
    page.wait_for_function("() => !document.querySelector('.state.unsaved')")
    assert len(decisions(made)) == 1
