"""Several people, and the machine, at one text of the review desk."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import OpenDesk
from desk_page import correct, decisions, go_to, open_document, saved, status
from made_record import changed_text


def test_two_people_who_decide_about_one_text_are_told(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    desk.expected = re.compile("409")  # Chromium writes every refused request to its console
    one, other = desk.person(), desk.person()
    for page, name in ((one, "甲"), (other, "乙")):
        page.goto(desk.base + "/")
        page.click("#name-button")
        page.fill("#name-input", name)
        page.keyboard.press("Enter")
        page.wait_for_function(f"() => document.getElementById('name-button').textContent === '{name}'")
        page.get_by_role("link", name="a.pdf").first.click()
        page.wait_for_selector(".row.current")
    other.wait_for_function("() => document.getElementById('taken').textContent.includes('甲')")
    key = go_to(one, "≥8次")
    assert go_to(other, "≥8次") == key
    for page, digit in ((one, "3"), (other, "5")):
        page.keyboard.press("e")
        page.keyboard.press("Control+A")
        page.keyboard.type(f"≥{digit}次")
    one.keyboard.press("Enter")
    saved(one)
    other.keyboard.press("Enter")
    other.wait_for_selector("#conflict[open]")
    assert "甲" in other.inner_text("#conflict-note")
    assert other.inner_text("#conflict-theirs") == "≥3次"
    assert other.inner_text("#conflict-mine") == "≥5次"
    other.keyboard.press("Enter")  # the first button: theirs stays
    other.wait_for_selector("#conflict", state="hidden")
    assert status(other, key) == "✓ 已更正"
    assert [(d.by, d.after) for d in decisions(made)] == [("甲", "≥3次")]
    # Decided again with both in sight, the second person's word stands, after the first one's.
    other.locator(f'.row[data-key="{key}"]').click()
    correct(other, "≥5次")
    assert [(d.by, d.after) for d in decisions(made)] == [("甲", "≥3次"), ("乙", "≥5次")]
    other.goto(desk.base + "/")
    assert "甲" in other.inner_text(".people")
    assert "乙" in other.inner_text(".people")


def test_a_machine_text_that_changed_is_shown_and_decided_anew(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    key = go_to(page, "≥8次")
    correct(page, "≥3次")
    changed_text(made / "documents" / "a.pdf.json", "≥8次", "≥6次")
    page.reload()
    page.wait_for_selector(".row.current")
    assert go_to(page, "≥6次") == key
    assert status(page, key) == "⚠ 机器文本已变"
    assert "≥8次" in page.locator(".row.current").inner_text()
    page.keyboard.press("1")  # what was decided before
    saved(page)
    assert status(page, key) == "✓ 已更正"
    assert [(d.machine, d.after) for d in decisions(made)] == [("≥8次", "≥3次"), ("≥6次", "≥3次")]
