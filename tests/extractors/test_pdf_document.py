"""PDFs: locks, damage, bombs, and the page as it is displayed."""

from __future__ import annotations

import io
import weakref
import zlib

import numpy as np
import pikepdf
import pytest
from made_pdf import Sheet, goal_sheet, make_pdf

from goaltables.errors import (
    EmptyDocument,
    EncryptedDocument,
    LimitExceeded,
    MalformedDocument,
)
from goaltables.extractors.files.pdf_document import PdfDocument
from goaltables.extractors.open_document import Limits, open_document
from goaltables.records import Unit

KEY = "opens-it"


def test_a_pdf_opens_with_its_pages() -> None:
    with open_document(make_pdf(goal_sheet(), Sheet(300, 200))) as opened:
        assert (opened.media_type, opened.page_count, opened.problems) == ("application/pdf", 2, ())
        first, second = opened.page_geometry(1), opened.page_geometry(2)
    assert (first.width, first.height, first.unit) == (560.0, 400.0, Unit.POINT)
    assert (second.number, second.width, second.height) == (2, 300.0, 200.0)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_picture_is_the_page_as_displayed(rotate: int) -> None:
    sheet = Sheet(300, 200)
    sheet.block(0, 0, 30, 30)  # black at the top left before the turn
    with open_document(make_pdf(sheet, rotate=rotate)) as opened:
        geometry = opened.page_geometry(1)
        picture = opened.picture(1, dpi=72)
    assert picture.shape == (round(geometry.height), round(geometry.width), 3)
    corner = {0: (5, 5), 90: (5, -5), 180: (-5, -5), 270: (-5, 5)}[rotate]
    assert picture[corner].max() < 50
    assert (picture < 128).mean() < 0.03


def test_a_picture_too_large_is_drawn_smaller() -> None:
    with open_document(make_pdf(Sheet(400, 400)), limits=Limits(max_megapixels=0.25)) as opened:
        picture = opened.picture(1, dpi=300)
    assert 0.2e6 < picture.shape[0] * picture.shape[1] <= 0.26e6


def test_an_owner_password_does_not_lock() -> None:
    with open_document(make_pdf(goal_sheet(), owner_password=KEY)) as opened:
        assert opened.page_count == 1


def test_a_user_password_locks() -> None:
    data = make_pdf(goal_sheet(), user_password=KEY)
    with pytest.raises(EncryptedDocument, match="--password-file"):
        open_document(data)
    with pytest.raises(EncryptedDocument, match="does not open"):
        open_document(data, password=KEY + "x")
    with open_document(data, password=KEY) as opened:
        assert opened.page_count == 1


def test_a_header_alone_is_malformed() -> None:
    with pytest.raises(MalformedDocument, match="again"):
        open_document(b"%PDF-1.7\n")


def test_a_pdf_without_a_page_is_empty() -> None:
    target = io.BytesIO()
    pikepdf.new().save(target)
    with pytest.raises(EmptyDocument, match="no page"):
        open_document(target.getvalue())


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_a_cut_file_is_never_silently_whole(share: float) -> None:
    whole = make_pdf(*[goal_sheet() for _ in range(4)])
    cut = whole[: int(len(whole) * share)]
    try:
        opened = open_document(cut)
    except (MalformedDocument, EmptyDocument):
        return
    with opened:
        assert opened.problems


def test_pages_are_limited() -> None:
    with pytest.raises(LimitExceeded, match="3 pages"):
        open_document(make_pdf(Sheet(), Sheet(), Sheet()), limits=Limits(max_pages=2))


def bomb(nested: int) -> bytes:
    """A page whose content unpacks to 24 MB, packed `nested` times."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    packed = b"0 0 m " * 4_000_000
    for _ in range(nested):
        packed = zlib.compress(packed, 9)
    stream = pikepdf.Stream(pdf, b"")
    stream.write(packed, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * nested))
    page.Contents = stream
    target = io.BytesIO()
    pdf.save(target, compress_streams=False)
    return target.getvalue()


@pytest.mark.parametrize("nested", [1, 2])
def test_a_bomb_is_refused(nested: int) -> None:
    with pytest.raises(LimitExceeded, match="unpacks to more than 8 MiB"):
        open_document(bomb(nested), limits=Limits(max_stream_bytes=8 << 20))


def test_a_huge_image_is_refused_before_it_is_drawn() -> None:
    sheet = Sheet()
    sheet.image(0, 0, 100, 100)
    with pikepdf.open(io.BytesIO(make_pdf(sheet))) as pdf:
        image = pdf.pages[0].Resources.XObject.I1
        image.Width = image.Height = 50_000
        target = io.BytesIO()
        pdf.save(target)
    with pytest.raises(LimitExceeded, match="2500 megapixels"):
        open_document(target.getvalue())


def test_a_layout_is_dropped_when_the_next_page_is_read() -> None:
    """A layout is about a megabyte: 300 pages would keep 300."""
    with PdfDocument(make_pdf(goal_sheet(), goal_sheet()), password=None, limits=Limits()) as opened:
        first = opened.layout(1)
        assert first is not None
        assert opened.layout(1) is first
        kept = weakref.ref(first.content)
        del first
        assert kept() is not None
        assert opened.layout(2) is not None
        assert kept() is None
        assert opened.layout(3) is None


def test_pictures_of_the_same_page_are_the_same() -> None:
    with open_document(make_pdf(goal_sheet())) as opened:
        np.testing.assert_array_equal(opened.picture(1, dpi=50), opened.picture(1, dpi=50))


def with_content(content: bytes) -> bytes:
    """A page whose packed content is `content` as it stands."""
    with pikepdf.open(io.BytesIO(make_pdf(goal_sheet()))) as pdf:
        stream = pikepdf.Stream(pdf, b"")
        stream.write(content, filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].Contents = stream
        target = io.BytesIO()
        pdf.save(target, compress_streams=False)
    return target.getvalue()


def packed() -> bytes:
    with pikepdf.open(io.BytesIO(make_pdf(goal_sheet()))) as pdf:
        return zlib.compress(pdf.pages[0].Contents.read_bytes())


def test_content_that_unpacks_whole_is_fine() -> None:
    with open_document(with_content(packed())) as opened:
        assert opened.problems == ()


def test_content_that_breaks_off_is_told() -> None:
    whole = packed()
    with open_document(with_content(whole[: len(whole) // 2])) as opened:
        assert [problem.code for problem in opened.problems] == ["truncated-file"]
        assert "page 1" in opened.problems[0].message


def test_a_broken_table_of_contents_is_mended_and_told() -> None:
    whole = make_pdf(goal_sheet())
    start = whole.rindex(b"startxref")
    with open_document(whole[:start] + b"startxref\n7\n%%EOF\n") as opened:
        assert opened.page_count == 1
        assert "repaired-file" in [problem.code for problem in opened.problems]
