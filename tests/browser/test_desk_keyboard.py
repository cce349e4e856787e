"""The review desk worked by keyboard alone."""

from __future__ import annotations

from pathlib import Path

from conftest import OpenDesk
from desk_page import current, decisions, go_to, open_document, saved, status

from goaltables.pipeline.cli import run_command


def test_a_queue_is_worked_by_keyboard_alone(seed: Path, open_desk: OpenDesk) -> None:
    """Twenty and more texts; an edit, an alternative, an undo; after a reload and another digitize all is
    there.
    """
    out = seed / "out"
    desk = open_desk(out, "--sample", "1")
    page = desk.person()
    page.goto(desk.base + "/")
    page.wait_for_selector(".documents tbody tr")
    page.keyboard.press("Tab")  # skip link, then the bar, then the list: tab order is reading order
    for _ in range(12):
        if page.evaluate("document.activeElement.matches('.documents a')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".row.current")
    waiting = int(page.inner_text("#waiting"))
    assert waiting > 25

    accepted = []
    for _ in range(20):
        now = current(page)
        assert now["focused"]
        accepted.append(now["key"])
        page.keyboard.press("Enter")
    assert len(set(accepted)) == 20
    saved(page)
    assert {status(page, key) for key in accepted} == {"✓ 已接受"}
    assert int(page.inner_text("#waiting")) == waiting - 20

    edited = current(page)
    page.keyboard.press("e")
    page.keyboard.type("改")
    page.keyboard.press("Enter")
    assert current(page)["key"] != edited["key"]
    saved(page)
    assert status(page, edited["key"]) == "✓ 已更正"

    name = go_to(page, "村干部、小组长大学生村官工资及社保发放及时性")
    page.keyboard.press("1")
    saved(page)
    assert status(page, name) == "✓ 已更正"

    unreadable = go_to(page, "≥22人")
    page.keyboard.press("x")
    saved(page)
    assert status(page, unreadable) == "✗ 无法辨认"
    page.keyboard.press("u")
    saved(page)
    assert current(page)["key"] == unreadable
    assert status(page, unreadable) == "待复核"

    page.keyboard.press("f")
    saved(page)
    assert status(page, unreadable) == "⚑ 请同事看"
    page.keyboard.press("k")
    above = current(page)["key"]
    page.keyboard.press("j")
    assert current(page)["key"] == unreadable != above
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#help").is_visible()

    made = decisions(out)
    assert [d.action.value for d in made] == ["accept"] * 20 + [
        "correct",
        "alternative",
        "unreadable",
        "undo",
        "flag",
    ]
    assert {d.by for d in made} == {"测试员"}
    assert made[20].after == edited["text"] + "改"

    for is_read_again in (False, True):
        if is_read_again:
            digitize_again(seed)
        page.reload()
        page.wait_for_selector(".row.current")
        page.locator("#only-waiting").uncheck()
        assert {status(page, key) for key in accepted} == {"✓ 已接受"}
        assert status(page, edited["key"]) == status(page, name) == "✓ 已更正"
        assert status(page, unreadable) == "⚑ 请同事看"


def digitize_again(seed: Path) -> None:
    """Another configuration: the document is read anew."""
    record = seed / "out" / "documents" / "seed.pdf.json"
    before = record.stat().st_mtime_ns
    options = ["--out", str(seed / "out"), "--workers", "1", "--max-pages", "999"]
    assert run_command(["digitize", str(seed / "in"), *options]) == 0
    assert record.stat().st_mtime_ns != before


def test_enter_inside_a_composition_decides_nothing(made: Path, open_desk: OpenDesk) -> None:
    """An input method that composes 保障 takes Enter for itself; the next Enter is the person's."""
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    key = go_to(page, "为民办实事补助发放次数")
    page.keyboard.press("e")
    page.evaluate(
        """() => addEventListener("keydown", (event) => {
          const composing = event.isComposing || event.keyCode === 229;
          if (event.key === "Enter" || composing) (window.seen ??= []).push(composing);
        }, true)"""
    )
    method = page.context.new_cdp_session(page)
    method.send("Input.imeSetComposition", {"text": "bao'zhang", "selectionStart": 9, "selectionEnd": 9})
    for kind in ("rawKeyDown", "keyUp"):
        method.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
        )
    assert page.evaluate("window.seen") == [True]
    assert current(page)["key"] == key
    assert decisions(made) == []
    method.send("Input.insertText", {"text": "保障"})
    assert current(page)["text"] == "为民办实事补助发放次数保障"
    page.keyboard.press("Enter")
    saved(page)
    assert [d.after for d in decisions(made)] == ["为民办实事补助发放次数保障"]


def test_a_new_line_is_no_decision(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    text = current(page)["text"]
    page.keyboard.press("e")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("二")
    assert current(page)["text"] == f"{text}\n二"
    assert decisions(made) == []
    page.keyboard.press("Escape")
    assert current(page)["text"] == text


def test_answers_that_overtake_each_other_leave_the_truth_on_the_screen(
    made: Path, open_desk: OpenDesk
) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    page.evaluate(
        """() => {
          const send = fetch;
          let number = 0;
          window.fetch = async (...request) => {
            const answer = await send(...request);
            const isFirst = String(request[0]).endsWith("/decisions") && number++ === 0;
            if (isFirst) await new Promise((resolve) => setTimeout(resolve, 1500));
            return answer;
          };
        }"""
    )
    waiting = int(page.inner_text("#waiting"))
    for _ in range(3):
        page.keyboard.press("Enter")
    page.wait_for_function(f"() => document.getElementById('waiting').textContent === '{waiting - 3}'")
    saved(page)
    assert int(page.inner_text("#waiting")) == waiting - 3
    assert page.locator(".state.accepted").count() == 3


def test_single_letters_can_be_switched_off(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    page.keyboard.press("?")
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()  # the choice is kept
    page.wait_for_selector(".row.current")
    first = current(page)["key"]
    for key in ("j", "x", "f", "1", "u", "e", "?", "/"):
        page.keyboard.press(key)
    assert current(page)["key"] == first
    assert decisions(made) == []
    assert not page.locator("#help").is_visible()
    page.keyboard.press("ArrowDown")
    assert current(page)["key"] != first
    page.keyboard.press("Enter")
    saved(page)
    assert len(decisions(made)) == 1


def test_a_letter_with_a_modifier_is_the_browsers(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    first = current(page)["key"]
    for key in ("Control+j", "Alt+x", "Control+Enter"):
        page.keyboard.press(key)
    assert current(page)["key"] == first
    assert decisions(made) == []
