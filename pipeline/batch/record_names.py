r"""The record's file name of an input, and how its path is shown to people.

On Linux a file name is bytes: a share filled from Windows holds GBK names, a scanner writes a newline, a
name may fill all 255 bytes so that ``.json`` no longer fits. The record is named like the input where that
is possible, so that people find it, and escaped or shortened with a hash of the true name where it is not::

    部门/a.pdf                       -> 部门/a.pdf.json
    b"\xb2\xe2.pdf" (测.pdf in GBK)   -> 测.pdf~76e5abeab16a16c7.json
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from typing import Final

RECORD_SUFFIX: Final = ".json"
NAME_BYTES: Final = 255
PATH_BYTES: Final = 3000  # of PATH_MAX 4096: OUT's own path comes before it
HASH_DIGITS: Final = 16

# Control, format (bidirectional overrides, zero width), surrogate, private, unassigned, line separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def record_name(relative: bytes) -> str:
    """The path of the record under ``OUT/documents`` for an input's path relative to the given folder.

    Different inputs give different names, except where a plain name is spelled like an escaped one; the
    batch refuses such a pair.
    """
    *folders, name = relative.split(b"/")
    parts = [_component(folder, room=NAME_BYTES, is_folder=True) for folder in folders]
    parts.append(_component(name, room=NAME_BYTES - len(RECORD_SUFFIX), is_folder=False) + RECORD_SUFFIX)
    path = "/".join(parts)
    if len(os.fsencode(path)) <= PATH_BYTES:
        return path
    return f"long-path~{_hash(relative)}/{parts[-1]}"


def shown_path(relative: bytes) -> str:
    r"""The path for people and for ``source.path``: printable Unicode, whatever the bytes are.

    Bytes that are no UTF-8 are read as GB 18030 when that gives plain Chinese (names from Windows), and
    are shown as ``\xb2`` otherwise; hidden characters are shown as ``\n``, ``\u202e``.
    """
    return "".join(_shown(character) for character in _readable(relative))


def _readable(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _as_chinese(raw) or raw.decode("utf-8", "backslashreplace")


def _component(raw: bytes, *, room: int, is_folder: bool) -> str:
    text = _readable(raw)
    is_plain = (
        raw == text.encode()
        and raw not in (b"", b".", b"..")  # names of objects in a store; no folder has such files
        and len(raw) <= room
        and not any(unicodedata.category(character) in _HIDDEN for character in text)
        # A folder called "a.pdf.json" would stand where the record of "a.pdf" belongs.
        and not (is_folder and text.endswith(RECORD_SUFFIX))
    )
    if is_plain:
        return text
    mark = f"~{_hash(raw)}"
    visible = "".join("_" if unicodedata.category(character) in _HIDDEN else character for character in text)
    stem = visible.encode()[: room - len(mark)].decode("utf-8", "ignore")
    return stem + mark


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def _as_chinese(raw: bytes) -> str | None:
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    is_chinese = all(
        character.isascii()
        or "\u4e00" <= character <= "\u9fff"
        or "\u3000" <= character <= "\u303f"
        or "\uff01" <= character <= "\uff5e"
        for character in text
    )
    return text if is_chinese else None


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:HASH_DIGITS]
