"""Characters as a person sees them: radicals folded to ideographs, control characters replaced.

Chromium prints about one character in ten as a Kangxi radical (⼈⺠⻔⽤ for 人民门用): the same picture,
another code, so no comparison with a word list ever matches. Unicode's table of equivalent ideographs
undoes exactly that. NFKC would not do: it leaves some radicals as they are and rewrites full-width
punctuation, ㎡ and ①, which are to stay as printed.

>>> fold_characters("⼈⺠政府（㎡）")
'人民政府（㎡）'
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Signs that take no room and carry no meaning on a page.
DROPPED = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF], "")


@cache
def _table() -> dict[int, str]:
    lines = (files("goaltables") / "radicals.csv").read_text(encoding="utf-8").splitlines()
    table = {ord(row["radical"]): row["ideograph"] for row in csv.DictReader(lines)}
    # Compatibility ideographs (the 樂 of U+F914) have the ideograph as their canonical form.
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        canonical = unicodedata.normalize("NFC", chr(code))
        if canonical != chr(code):
            table[code] = canonical
    controls = [c for c in (*range(0x20), *range(0x7F, 0xA0)) if chr(c) not in "\t\n\r"]
    table |= dict.fromkeys((*controls, *range(0xD800, 0xE000)), REPLACEMENT)
    table |= DROPPED
    return table


def fold_characters(text: str) -> str:
    """`text` with radicals and compatibility ideographs as plain ideographs; control characters and lone
    surrogates become U+FFFD, zero-width signs go. Folding twice changes nothing more.
    """
    return text if text.isascii() and text.isprintable() else text.translate(_table())
