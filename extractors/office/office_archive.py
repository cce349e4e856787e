"""What an Office file may hold before a library is let near it.

A .docx or .xlsx is a ZIP of XML parts, and both invite attacks: 40 kB that unpack to gigabytes, a document
type that fetches files from the disk or multiplies itself, a merged cell of seventeen thousand million cells.
All parts are looked at here first, with a parser that builds nothing. The Office formats forbid document
types (ECMA-376 part 2), so any is refused. Links to other files are never followed by the readers.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from xml.parsers import expat

from goaltables.errors import EncryptedDocument, LimitExceeded, MalformedDocument
from goaltables.extractors.files.limits import Limits

# A part smaller than this may pack as well as it likes: an empty sheet of spaces does.
SMALL_PART = 1 << 20
DEEPEST = 250  # libxml2 gives up at 256
XML_SUFFIXES = (".xml", ".rels", ".vml")

_RANGE = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})$")


class _Census:
    """Counts what the XML parts of one archive hold, and stops at what no reader must meet."""

    def __init__(self, limits: Limits) -> None:
        self.formulas_without_value = 0
        self._limits = limits
        self._has_formula = self._is_value = False
        self._elements = 0
        self._cells = 0
        self._depth = 0

    def count(self, name: str, data: bytes) -> None:
        """Go through one part. Raises MalformedDocument and LimitExceeded."""
        self._depth = 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise MalformedDocument(
                f"{name} in the file is no well-formed XML ({error}); save it again"
            ) from error

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > self._limits.max_xml_elements or self._depth > DEEPEST:
            raise LimitExceeded(
                f"the file has more than {self._limits.max_xml_elements} parts of text and cells, "
                f"or nests them deeper than {DEEPEST}; split it"
            )
        local = name.rpartition(":")[2]
        if local == "f":
            self._has_formula = True
        self._is_value = local == "v"
        if local in ("c", "tc"):
            self._add_cells(1)
        elif local == "mergeCell":
            self._add_cells(_cells_of(attributes.get("ref", "")))

    def _text(self, text: str) -> None:
        if self._is_value and text.strip():
            self._has_formula = False  # an empty <v/> is no value

    def _end(self, name: str) -> None:
        self._is_value = False
        self._depth -= 1
        if self._has_formula and name.rpartition(":")[2] == "c":
            self.formulas_without_value += 1
            self._has_formula = False

    def _add_cells(self, number: int) -> None:
        self._cells += number
        if self._cells > self._limits.max_cells:
            raise LimitExceeded(f"the file has more than {self._limits.max_cells} cells; split it")

    def _doctype(self, *_: object) -> None:
        raise MalformedDocument(
            "the file declares a document type, which Office files never do; do not trust it"
        )


def check_office_archive(data: bytes, limits: Limits) -> int:
    """Refuse an Office file that is damaged, locked, too large when unpacked, or made to do harm.

    Returns how many cells hold a formula and no value that it gave.

    Raises:
        EncryptedDocument: its parts are locked with a ZIP password.
        LimitExceeded: more entries, bytes, elements or cells than `limits` allow, or packed too well.
        MalformedDocument: no whole archive, an entry twice, a part that is no XML or declares a doctype.

    """
    census = _Census(limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, limits)
            for entry in entries:
                part = archive.read(entry)
                if entry.filename.lower().endswith(XML_SUFFIXES) or _begins_like_xml(part):
                    census.count(entry.filename, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise MalformedDocument(f"the Office file is damaged ({error}); fetch or save it again") from error
    return census.formulas_without_value


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.max_archive_entries:
        raise LimitExceeded(f"the file has {len(entries)} parts, the limit is {limits.max_archive_entries}")
    if len({entry.filename for entry in entries}) < len(entries):
        raise MalformedDocument("the file holds two parts of one name; save it again with an Office program")
    if any(entry.flag_bits & 1 for entry in entries):
        raise EncryptedDocument("the file's parts are locked; save it without a password")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.max_unpacked_bytes:
        raise LimitExceeded(f"the file unpacks to {unpacked} bytes, the limit is {limits.max_unpacked_bytes}")
    for entry in entries:
        if entry.file_size > max(SMALL_PART, limits.max_pack_ratio * entry.compress_size):
            raise LimitExceeded(
                f"{entry.filename} in the file unpacks to more than its size allows; do not trust it"
            )


def _begins_like_xml(part: bytes) -> bool:
    """Which part is XML is said inside the file, where it may say anything: so every part is looked at."""
    return part[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def _cells_of(reference: str) -> int:
    """How many cells a range like B2:F9 holds."""
    match = _RANGE.match(reference)
    if match is None:
        return 1
    left, top, right, bottom = match.groups()
    return (abs(_column(right) - _column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number
