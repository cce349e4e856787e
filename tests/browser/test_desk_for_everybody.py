"""The review desk for everybody: contrast, names, a screen reader, a narrow window."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import OpenDesk
from desk_page import decisions, go_to, open_document, saved

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
