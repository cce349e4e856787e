"""Content streams are split as pdfminer splits them; what is not plain is left to it."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pdf import Sheet, goal_sheet, make_pdf
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import PDFStream
from pdfminer.psexceptions import PSEOF

from goaltables.extractors.files import content_stream
from goaltables.extractors.files.content_stream import stream_objects
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.pdf_document import PdfDocument


def by_pdfminer(data: bytes) -> list[Any]:
    parser = PDFContentParser([PDFStream({}, data)])
    objects = []
    while True:
        try:
            objects.append(parser.nextobject()[1])
        except PSEOF:
            return objects


hexadecimal = st.binary(max_size=6).map(lambda data: b"<" + data.hex().encode() + b">")
plain_string = st.text("ab (\\n0%/<", max_size=8).map(
    lambda text: b"(" + text.replace("\\", r"\\").replace("(", r"\(").encode() + b")"
)
number = st.one_of(
    st.integers(-9999, 9999).map(str),
    st.decimals(-999, 999, places=3).map(str),
    st.sampled_from(["+5", ".5", "-.25", "4.", "007"]),
).map(str.encode)
name = st.sampled_from([b"/F1", b"/\xe5\xae\x8b", b"/A#20B", b"/", b"/GS0"])
operator = st.sampled_from(
    [b"q", b"Q", b"cm", b"T*", b"'", b'"', b"Tj", b"TJ", b"re", b"f*", b"d0", b"true", b"null"]
)
scalar = st.one_of(hexadecimal, plain_string, number, name)
array = st.lists(scalar, max_size=4).map(lambda items: b"[" + b" ".join(items) + b"]")
dictionary = st.lists(scalar, max_size=3).map(
    lambda items: b"<<" + b" ".join(b"/K%d " % k + item for k, item in enumerate(items)) + b">>"
)
comment = st.just(b"% (not text\n")
space = st.sampled_from([b" ", b"\n", b"\r\n", b"\t \x00"])


@settings(derandomize=True)
@given(st.lists(st.tuples(st.one_of(scalar, array, dictionary, operator, comment), space), max_size=20))
def test_plain_streams_are_split_as_pdfminer_splits_them(parts: list[tuple[bytes, bytes]]) -> None:
    data = b"".join(item + gap for item, gap in parts)
    assert stream_objects(data) == by_pdfminer(data)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"(a\\(b\\)\\\\)", b"a(b)\\"),
        (b"(\\101\\7z\\0053)", b"A\x07z\x053"),
        (b"(\\777)", b"\xff"),
        (b"(one (deep) only)", b"one (deep) only"),
        (b"(line\\\r\nwith a mark)", b"linewith a mark"),
        (b"(\\q)", b"q"),
        (b"<901>", b"\x90\x10"),
        (b"<9 0\n1f>", b"\x90\x1f"),
    ],
)
def test_strings(written: bytes, read: bytes) -> None:
    """ISO 32000-1, 7.3.4: escapes, octal codes (overflow ignored), a last hexadecimal digit alone."""
    assert stream_objects(written) == [read]


@pytest.mark.parametrize(
    "data",
    [
        b"BI /W 1 /H 1 ID \x00 EI",
        b"(two (brackets (deep)))",
        b"(never closed",
        b"1.2.3 w",
        b"--5 w",
        b"5w",
        b"[1 2",
        b"1 2]",
        b"<< 1 2 >>",
        b"<< /A >>",
        b"[ >>",
        b"{ }",
        b"\xff\xfe",
    ],
)
def test_what_is_not_plain_is_left_to_pdfminer(data: bytes) -> None:
    assert stream_objects(data) is None


def test_unbalanced_brackets_cost_no_quadratic_time() -> None:
    assert stream_objects(b"(" * 200_000) is None
    assert stream_objects(b"(a" * 200_000) is None
    assert stream_objects(b"(\\(" * 200_000) is None


def test_a_page_is_laid_out_alike_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_pdf(goal_sheet())

    def laid_out() -> list[tuple[str, Any]]:
        with PdfDocument(data, password=None, limits=Limits()) as opened:
            layout = opened.layout(1)
            assert layout is not None
            return [(str(item), item.bbox) for item in layout.items(object)]

    quick = laid_out()
    monkeypatch.setattr(content_stream, "stream_objects", lambda _: None)
    assert len(quick) > 100
    assert laid_out() == quick


def test_a_form_that_draws_itself_ends() -> None:
    """pdfminer refuses a stream that is running already; so do we."""
    sheet = Sheet()
    sheet.text(100, 100, "绩效目标")

    with pikepdf.open(io.BytesIO(make_pdf(sheet))) as pdf:
        form = pdf.make_stream(
            b"/Again Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9]
        )
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Again=form))
        page = pdf.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(Again=form)
        page.contents_add(b"/Again Do")
        target = io.BytesIO()
        pdf.save(target)
    with PdfDocument(target.getvalue(), password=None, limits=Limits()) as opened:
        layout = opened.layout(1)
    assert layout is not None
