"""The words of the desk's pages, in the language a person chose; Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from goaltables.normalizers.findings import finding_kinds
from goaltables.pipeline.messages import catalogue

DEFAULT: Final = "zh"
NAMES: Final[Mapping[str, str]] = {"zh": "中文", "en": "English"}
PREFIX: Final = "desk-"


@cache
def page_texts(language: str) -> Mapping[str, str]:
    """Every ``desk-`` message, with its placeholders still in it, and what the finding codes mean."""
    texts = {key: message[language] for key, message in catalogue().items() if key.startswith(PREFIX)}
    kinds = {
        f"code-{code}": kind.zh if language == "zh" else kind.en for code, kind in finding_kinds().items()
    }
    return {**texts, **kinds}
