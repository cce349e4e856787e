"""A page's outcome as data: the only form in which it leaves the process that read the document.

JSON, validated when it is taken in: what comes out of a process that has read a hostile document is never
unpickled. Floats come back bit by bit, so a record is the same whether its pages travelled or not.
"""

from __future__ import annotations

import json
from functools import cache

from pydantic import TypeAdapter, ValidationError

from goaltables.pipeline.page_outcome import Failure, PageOutcome


@cache
def _adapter() -> TypeAdapter[PageOutcome]:
    return TypeAdapter(PageOutcome)


def to_data(outcome: PageOutcome) -> bytes:
    """Raises pydantic's error when a text holds what no JSON can (half a surrogate pair)."""
    return _adapter().dump_json(outcome)


def failure_data(number: int, failure: Failure) -> bytes:
    """A failure as `to_data` would write it, without loading anything."""
    content = {"error_class": failure.error_class, "message": failure.message}
    return json.dumps({"number": number, "failure": content}).encode()


def from_data(number: int, data: bytes) -> PageOutcome:
    """The outcome of page `number`; data that is not one is the failure of that page."""
    try:
        outcome = _adapter().validate_json(data, strict=True)
        if outcome.number != number:
            raise ValueError(f"page {outcome.number} in the place of page {number}")
    except (ValidationError, ValueError):
        message = "what was read on the page cannot be passed on; please report this with the document"
        return PageOutcome(number, failure=Failure("internal", message))
    return outcome
