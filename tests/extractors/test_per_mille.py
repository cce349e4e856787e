"""‰ that a recogniser reads as %: told by the trace of a chance, decided by three rings."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from goaltables.extractors.engines.ctc import greedy
from goaltables.extractors.reading.per_mille import PER_MILLE_SUSPECT, with_per_mille
from goaltables.records import Hypotheses, Image, LineReading

ALPHABET = ("", "0", ".", "8", "%", "‰", " ")
PLACES = (0.1, 0.25, 0.4, 0.65)


def drawn(rings: int) -> Image:
    """0.8 as blots, then a stroke and so many rings, as a line picture 32 px high."""
    page = np.full((32, 128), 255, np.uint8)
    for x in (12, 50):
        cv2.ellipse(page, (x, 16), (5, 9), 0, 0, 360, 0, 2)
    cv2.line(page, (74, 26), (88, 6), 0, 1)
    for x, y in ((73, 11), (90, 22), (104, 22))[:rings]:
        cv2.circle(page, (x, y), 4, 0, 1, cv2.LINE_AA)
    return page


def suspect(text: str = "0.8%") -> LineReading:
    return LineReading(
        text,
        (0.99,) * len(text),
        (PER_MILLE_SUSPECT,),
        PLACES,
        hypotheses=Hypotheses.of("%", np.ones((1, 2))),
    )


@pytest.mark.parametrize(("rings", "text"), [(2, "0.8%"), (3, "0.8‰")])
def test_a_suspect_is_what_its_rings_say_and_stays_flagged(rings: int, text: str) -> None:
    read = with_per_mille(suspect(), drawn(rings))
    assert (read.text, read.flags) == (text, (PER_MILLE_SUSPECT,))
    assert (read.hypotheses is None) == (text == "0.8‰")  # they know of no ‰, and would bring the % back


def test_rings_alone_are_no_evidence() -> None:
    """Dust has rings as well: without the chance nothing is looked at."""
    sure = LineReading("0.8%", (0.99,) * 4, places=PLACES)
    assert with_per_mille(sure, drawn(3)) == sure


def test_colour_makes_no_difference_and_a_picture_without_the_sign_none() -> None:
    assert with_per_mille(suspect(), cv2.cvtColor(drawn(3), cv2.COLOR_GRAY2BGR)).text == "0.8‰"  # type: ignore[arg-type]
    assert with_per_mille(suspect(), np.full((32, 128), 255, np.uint8)).text == "0.8%"


@pytest.mark.parametrize(
    ("read", "text"),
    [("≤0.8%0", "≤0.8‰"), ("在0.8%o以内", "在0.8‰以内"), ("5%0.5", "5%0.5"), ("100%", "100%"), ("%0", "%0")],
)
def test_a_third_ring_that_was_read_as_a_character_goes(read: str, text: str) -> None:
    chances = tuple(0.9 + k / 100 for k in range(len(read)))
    found = with_per_mille(LineReading(read, chances, places=chances), drawn(2))
    assert found.text == text
    assert len(found.probabilities) == len(found.places) == len(text)
    assert found.probabilities[-1] == (chances[-2] if text.endswith("‰") else chances[-1])


@pytest.mark.parametrize(
    ("before", "chance", "is_told"), [("8", 1e-3, True), ("8", 1e-5, False), (".", 1e-3, False)]
)
def test_the_trace_of_a_chance_behind_a_figure_is_told(before: str, chance: float, is_told: bool) -> None:
    posteriors = np.full((5, len(ALPHABET)), 1e-7, np.float32)
    for step, character in enumerate((before, "", "%", "", "")):
        posteriors[step, ALPHABET.index(character)] = 0.99
    posteriors[3, ALPHABET.index("‰")] = chance
    read = greedy(posteriors, ALPHABET, 0.2)
    assert read.text == before + "%"
    assert read.flags == ((PER_MILLE_SUSPECT,) if is_told else ())
