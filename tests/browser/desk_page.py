"""The page of the review desk as a person uses it: finding a text, seeing where one is, what was decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conftest import Watched

from goaltables.pipeline.review.decisions import Decision
from goaltables.pipeline.review.store import ReviewStore

if TYPE_CHECKING:
    from playwright.sync_api import Page


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


def correct(page: Page, text: str) -> None:
    """Write another text in the place of the current one, and confirm it."""
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    saved(page)


def decisions(out: Path) -> list[Decision]:
    with ReviewStore(out) as store:
        return list(store.all_decisions())


def go_to(page: Page, machine: str) -> str:
    """Search a text as a person would; its key."""
    page.keyboard.press("/")
    page.keyboard.type(machine)
    page.keyboard.press("Enter")
    return str(current(page)["key"])
