"""The review desk in a real browser: worked by keyboard, by mouse, by two people, over hostile documents."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import OpenDesk, Watched

from goaltables.pipeline.cli import run_command
from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.store import ReviewStore

sys.path.append(str(Path(__file__).parents[1] / "pipeline"))
from made_record import GOALS, changed_text, made_document, made_table, write_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed's digital document, read: its folder holds ``in`` and ``out``."""
    folder = tmp_path_factory.mktemp("seed")
    (folder / "in").mkdir()
    (folder / "in" / "seed.pdf").write_bytes((FIXTURES / "seed_digital.pdf").read_bytes())
    assert run_command(["digitize", str(folder / "in"), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A made record, without its original."""
    cut = (("质量指标", "护边员执勤补助发放准确", "=100%", 0.99), *GOALS)
    write_record(tmp_path, made_document(made_table(goals=cut, cut=(cut[0][1],))))
    return tmp_path


def open_document(watched: Watched, page: Page, name: str) -> None:
    page.goto(watched.base + "/")
    page.get_by_role("link", name=name).first.click()
    page.wait_for_selector(".row.current")


def current(page: Page) -> dict[str, Any]:
    """The current row as a person sees it."""
    found: dict[str, Any] = page.evaluate(
        """() => {
          const row = document.querySelector(".row.current");
          return row && {
            key: row.dataset.key,
            field: row.querySelector(".field").textContent,
            text: row.querySelector("textarea").value,
            focused: row.contains(document.activeElement),
          };
        }"""
    )
    return found


def status(page: Page, key: str) -> str:
    return page.locator(f'.row[data-key="{key}"] .status').inner_text()


def saved(page: Page) -> None:
    """Wait until nothing is on its way to the desk."""
    page.wait_for_function("() => !document.querySelector('.state.saving')")


def decisions(out: Path) -> list[Decision]:
    with ReviewStore(out) as store:
        return list(store.all_decisions())


def go_to(page: Page, machine: str) -> str:
    """Search a text as a person would; its key."""
    page.keyboard.press("/")
    page.keyboard.type(machine)
    page.keyboard.press("Enter")
    return str(current(page)["key"])


# ------------------------------------------------------------------------------------------------ keyboard


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


# --------------------------------------------------------------------------------------------------- mouse


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


# --------------------------------------------------------------------------------------------- two people


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
    other.keyboard.press("e")
    other.keyboard.press("Control+A")
    other.keyboard.type("≥5次")
    other.keyboard.press("Enter")
    saved(other)
    assert [(d.by, d.after) for d in decisions(made)] == [("甲", "≥3次"), ("乙", "≥5次")]
    other.goto(desk.base + "/")
    assert "甲" in other.inner_text(".people")
    assert "乙" in other.inner_text(".people")


def test_a_machine_text_that_changed_is_shown_and_decided_anew(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    key = go_to(page, "≥8次")
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("≥3次")
    page.keyboard.press("Enter")
    saved(page)
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


# ------------------------------------------------------------------------------------------------- hostile

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


# ------------------------------------------------------------------------------------------- for everybody

CONTRAST = """() => {
  const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const parse = (c) => { const [r, g, b, a = 1] = c.match(/[\\d.]+/g).map(Number); return { r, g, b, a }; };
  const light = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const over = (top, below) => ({ r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 -
  top.a),
    b: top.b * top.a + below.b * (1 - top.a), a: 1 });
  const paper = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.unshift(parse(getComputedStyle(e).backgroundColor));
    return layers.reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    if (element.closest("script, .sheet, .hidden, option")) continue;
    const style = getComputedStyle(element), below = paper(element);
    const [one, other] = [light(over(parse(style.color), below)), light(below)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight
    >= 700); if (ratio < (large ? 3 : 4.5)) weak.push(`${element.className || element.tagName}:
    ${walker.currentNode.textContent.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return [...new Set(weak)];
}"""

NAMELESS = """() => [...document.querySelectorAll("button, input, select, textarea, a, [role=row]")]
  .filter((e) => e.checkVisibility() && !(e.ariaLabel || e.getAttribute("aria-labelledby")
    || e.textContent.trim() || e.labels?.length || e.title))
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_texts_have_contrast_and_controls_have_names(made: Path, open_desk: OpenDesk, language: str) -> None:
    desk = open_desk(made, "--sample", "1")
    page = desk.person()
    page.goto(desk.base + "/")
    if language == "en":
        page.click("#language")
        page.wait_for_selector("html[lang=en]")
    pages = [page.evaluate(CONTRAST), page.evaluate(NAMELESS)]
    page.get_by_role("link", name="a.pdf").first.click()
    page.wait_for_selector(".row.current")
    for key in ("Enter", "x", "f", "Enter"):
        page.keyboard.press(key)
        saved(page)
    page.locator("summary", has_text="疑点" if language == "zh" else "Findings").click()
    page.wait_for_timeout(1300)  # a sum that turned right is coloured for a moment
    pages += [page.evaluate(CONTRAST), page.evaluate(NAMELESS)]
    page.keyboard.press("?")
    pages.append(page.evaluate(CONTRAST))
    assert pages == [[]] * len(pages)


def test_a_screen_reader_hears_what_the_page_shows(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    open_document(desk, page, "a.pdf")
    go_to(page, "≥8次")
    row = page.locator(".row.current")
    label = row.get_attribute("aria-label") or ""
    for part in ("指标值", "≥8次", "62%", "待复核", "置信度偏低"):
        assert part in label
    assert row.get_attribute("aria-current") == "true"
    page.keyboard.press("Tab")  # from the row into it: the text, then its alternatives and actions
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.actions, .alternatives') !== null")
    row.focus()
    page.keyboard.press("Enter")
    saved(page)
    page.wait_for_function("() => document.getElementById('said').textContent.includes('已接受')")


def test_the_desk_fits_a_narrow_window(made: Path, open_desk: OpenDesk) -> None:
    desk = open_desk(made)
    page = desk.person()
    page.set_viewport_size({"width": 420, "height": 760})
    open_document(desk, page, "a.pdf")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.keyboard.press("Enter")
    saved(page)
    assert len(decisions(made)) == 1
