"""What the content streams of a PDF page put on it: pdfminer's layout objects, made in a third of the time.

Reading a digital page costs pdfminer most in its tokeniser, which steps through a content stream token by
token in Python. Here one regular expression splits the whole stream (ISO 32000-1, 7.2 and 7.8.2); pdfminer's
interpreter and its layout objects stay as they are. What is not plain (inline images, strings nested deeper,
numbers glued to operators) is left to pdfminer's own parser. Plain streams are split as it splits them, but
for octal codes above 377, which it fails on, and a last hexadecimal digit that stands alone.

>>> [str(item) for item in stream_objects(b"q 1 0 0 -1 5 .5 cm (a) Tj") or ()][:3]
["/'q'", '1', '0']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTContainer, LTPage
from pdfminer.pdfdevice import PDFDevice
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdftypes import stream_value
from pdfminer.psparser import KWD, LIT, PSKeyword, PSLiteral

SPACE = rb"\x00\t\n\f\r "
TOKEN = re.compile(
    rb"<[0-9A-Fa-f" + SPACE + rb"]*+>"  # a string in hexadecimal
    rb"|\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\)"  # a string, with brackets one deep
    rb"|/[^" + SPACE + rb"()<>\[\]{}/%]*+"
    rb"|<<|>>|%[^\r\n]*+"
    rb"|[^" + SPACE + rb"()<>\[\]{}/%]++"
    rb"|[^" + SPACE + rb"]",
    re.DOTALL,
)
NUMBER = re.compile(rb"[+-]?(?:\d++\.?\d*+|\.\d++)\Z")
OPERATOR = re.compile(rb"[A-Za-z][A-Za-z0-9]*\*?\Z|['\"]\Z")
ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.)|\Z)", re.DOTALL)
ESCAPED = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
    b"\r\n": b"",
    b"\n": b"",
    b"\r": b"",
}
NAME_CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
INLINE_IMAGE = b"BI"

Handler = tuple[Callable[..., None], int]


@dataclass(frozen=True, slots=True, eq=False)
class PageLayout:
    """A page of pdfminer's, and what its content streams put on it (y up, origin at the turned MediaBox)."""

    page: PDFPage
    content: LTPage

    def items(self, kinds: type | tuple[type, ...]) -> Iterator[Any]:
        """The layout objects of some classes, also those in forms, in painting order."""
        stack = [iter(self.content)]
        while stack:
            for item in stack[-1]:
                if isinstance(item, LTContainer):
                    stack.append(iter(item))
                    break
                if isinstance(item, kinds):
                    yield item
            else:
                stack.pop()


def lay_out(page: PDFPage, resources: PDFResourceManager, number: int) -> PageLayout:
    """Run the content streams of a page. Raises whatever pdfminer raises on damaged files: nearly all."""
    device = PDFPageAggregator(resources, pageno=number)
    PageInterpreter(resources, device).process_page(page)
    return PageLayout(page, device.get_result())


class _NotPlain(Exception):
    """The stream holds what only a full parser reads."""


def stream_objects(data: bytes) -> list[Any] | None:
    """The operands and operators of a content stream, in pdfminer's types; None where it is not plain."""
    objects: list[Any] = []
    open_lists: list[tuple[bytes, list[Any]]] = []
    known: dict[bytes, Any] = {}
    top = objects
    try:
        for token in TOKEN.findall(data):
            made = known.get(token)
            if made is not None:
                top.append(made)
            elif token in (b"[", b"<<"):
                open_lists.append((token, top))
                top = []
            elif token in (b"]", b">>"):
                begin, outer = open_lists.pop()
                outer.append(_closed(begin + token, top))
                top = outer
            elif token[:1] != b"%":
                made = _object(token)
                top.append(made)
                if len(token) <= 8:  # operators, names of fonts and most numbers come again and again
                    known[token] = made
    except (_NotPlain, IndexError):
        return None
    return None if open_lists else objects


def _object(token: bytes) -> Any:
    first = token[:1]
    if NUMBER.match(token):
        return float(token) if b"." in token else int(token)
    if first == b"<":
        return bytes.fromhex(_even(re.sub(rb"[" + SPACE + rb"]", b"", token[1:-1])).decode("ascii"))
    if first == b"(" and len(token) > 1:
        return ESCAPE.sub(_unescaped, token[1:-1])
    if first == b"/":
        return _name(token[1:])
    if OPERATOR.match(token) and token != INLINE_IMAGE:
        return {b"true": True, b"false": False}.get(token, KWD(token))
    raise _NotPlain


def _even(digits: bytes) -> bytes:
    """ISO 32000-1, 7.3.4.3: a missing last digit is 0."""
    return digits + b"0" * (len(digits) % 2)


def _unescaped(match: re.Match[bytes]) -> bytes:
    octal, other = match.group(1), match.group(2)
    if octal is not None:
        return bytes((int(octal, 8) & 0xFF,))  # 7.3.4.2: high-order overflow is ignored
    return ESCAPED.get(other, other) if other is not None else b""


def _name(raw: bytes) -> PSLiteral:
    plain = NAME_CODE.sub(lambda match: bytes((int(match.group(1), 16),)), raw)
    try:
        return LIT(plain.decode("utf-8"))
    except UnicodeDecodeError:
        return LIT(plain)


def _closed(brackets: bytes, items: list[Any]) -> list[Any] | dict[str, Any]:
    if brackets == b"[]":
        return items
    keys, values = items[::2], items[1::2]
    if brackets != b"<<>>" or len(keys) != len(values) or not all(isinstance(key, PSLiteral) for key in keys):
        raise _NotPlain
    return {str(key.name): value for key, value in zip(keys, values, strict=True)}


class PageInterpreter(PDFPageInterpreter):
    """pdfminer's interpreter, fed with whole streams."""

    def __init__(self, resources: PDFResourceManager, device: PDFDevice) -> None:
        super().__init__(resources, device)
        self._handlers: dict[bytes, Handler | None] = {}

    def execute(self, streams: Sequence[object]) -> None:
        """Run content streams as one (7.8.2: they are joined, and split nowhere inside a token)."""
        parts = [stream_value(stream) for stream in streams]
        # pdfminer's own way looks out for streams that run themselves; here the numbers are compared first.
        numbers = {part.objid for part in parts if part.objid is not None}
        objects = None
        if all(part.objid is not None for part in parts) and not numbers & self.parent_stream_ids:
            objects = stream_objects(b"\n".join(part.get_data() for part in parts))
        if objects is None:
            super().execute(streams)
            return
        self.stream_ids = numbers
        for item in objects:
            if isinstance(item, PSKeyword):
                self._run(item)
            else:
                self.argstack.append(item)

    def _run(self, operator: PSKeyword) -> None:
        name = operator.name
        if name not in self._handlers:
            self._handlers[name] = self._handler(name)
        handler = self._handlers[name]
        if handler is None:
            return
        run, count = handler
        if count == 0:
            run(self)
        else:
            operands = self.pop(count)
            if len(operands) == count:
                run(self, *operands)

    def _handler(self, name: bytes) -> Handler | None:
        method = name.decode("ascii").replace("*", "_a").replace('"', "_w").replace("'", "_q")
        # Of the class, not of self: bound methods would hold the layout until the garbage is collected.
        run = getattr(type(self), f"do_{method}", None)
        return None if run is None else (run, run.__code__.co_argcount - 1)
