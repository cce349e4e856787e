"""Images: sizes from headers, turns by EXIF, transparency, frames of a TIFF, cut files."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from goaltables.errors import LimitExceeded, MalformedDocument
from goaltables.extractors.files.image_header import ImageFrame, read_image_header
from goaltables.extractors.open_document import Limits, open_document
from goaltables.records import Unit

Pixels = npt.NDArray[np.uint8]


def marked(height: int = 20, width: int = 40) -> Pixels:
    """Gray with a white corner at the top left."""
    picture = np.full((height, width, 3), 90, np.uint8)
    picture[:8, :8] = 255
    return picture


def encoded(suffix: str, picture: Pixels) -> bytes:
    done, data = cv2.imencode(suffix, picture)
    assert done
    return bytes(data)


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    entry = struct.pack("<HHIHH", 274, 3, 1, orientation, 0)
    body = b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def tiff(*frames: tuple[int, int], strip_length: int = 4) -> bytes:
    """A TIFF of gray frames (width, height), one strip each; `strip_length` may lie."""
    data = bytearray(b"II*\0" + struct.pack("<I", 8))
    for i, (width, height) in enumerate(frames):
        start = len(data)
        size = 2 + 8 * 12 + 4
        pixels = bytes([100 + i]) * (width * height)
        fields = (
            (256, 4, width),
            (257, 4, height),
            (258, 3, 8),
            (259, 3, 1),
            (262, 3, 1),
            (273, 4, start + size),
            (278, 4, height),
            (279, 4, len(pixels) if strip_length == 4 else strip_length),
        )
        data += struct.pack("<H", len(fields))
        for tag, kind, value in fields:
            data += struct.pack("<HHII", tag, kind, 1, value)
        following = start + size + len(pixels) if i < len(frames) - 1 else 0
        data += struct.pack("<I", following) + pixels
    return bytes(data)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_an_image_is_one_page_of_its_own_pixels(suffix: str) -> None:
    with open_document(encoded(suffix, marked())) as opened:
        geometry = opened.page_geometry(1)
        assert (opened.page_count, opened.problems) == (1, ())
        assert (geometry.width, geometry.height, geometry.unit) == (40.0, 20.0, Unit.PIXEL)
        assert opened.picture(1).shape == (20, 40, 3)


# Where the white corner of the stored picture is to be seen, and whether the sides are swapped.
@pytest.mark.parametrize(
    ("orientation", "corner", "swapped"),
    [
        (1, (0, 0), False),
        (2, (0, -1), False),
        (3, (-1, -1), False),
        (4, (-1, 0), False),
        (5, (0, 0), True),
        (6, (0, -1), True),
        (7, (-1, -1), True),
        (8, (-1, 0), True),
    ],
)
def test_a_photo_is_shown_as_its_orientation_says(
    orientation: int, corner: tuple[int, int], swapped: bool
) -> None:
    data = with_exif(encoded(".jpg", marked()), orientation)
    with open_document(data) as opened:
        picture = opened.picture(1)
        geometry = opened.page_geometry(1)
    assert picture.shape[:2] == ((40, 20) if swapped else (20, 40))
    assert (geometry.height, geometry.width) == picture.shape[:2]
    assert picture[corner].min() > 200
    # OpenCV, left to itself, shows the same.
    np.testing.assert_array_equal(picture, cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))


def test_transparent_pixels_become_paper() -> None:
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[0, 0] = (0, 0, 255, 255)
    with open_document(encoded(".png", picture)) as opened:
        shown = opened.picture(1)
    assert shown[1, 1].tolist() == [255, 255, 255]
    assert shown[0, 0].tolist() == [0, 0, 255]


def test_every_frame_of_a_tiff_is_a_page() -> None:
    with open_document(tiff((6, 4), (4, 6), (5, 5))) as opened:
        assert opened.page_count == 3
        assert [opened.page_geometry(n).width for n in (1, 2, 3)] == [6.0, 4.0, 5.0]
        assert [int(opened.picture(n)[0, 0, 0]) for n in (3, 1, 2)] == [102, 100, 101]


def test_directories_in_a_circle_end() -> None:
    data = bytearray(tiff((4, 4)))
    data[8 + 2 + 8 * 12 : 8 + 2 + 8 * 12 + 4] = struct.pack("<I", 8)
    with pytest.raises(MalformedDocument, match="circle"):
        open_document(bytes(data))


@pytest.mark.parametrize(
    ("suffix", "media_type"), [(".png", "image/png"), (".jpg", "image/jpeg"), (".tif", "image/tiff")]
)
def test_a_cut_file_is_told(suffix: str, media_type: str) -> None:
    rng = np.random.default_rng(1)
    whole = encoded(suffix, rng.integers(0, 255, (60, 80, 3), np.uint8))
    assert read_image_header(whole, media_type).is_complete
    try:
        is_complete = read_image_header(whole[: len(whole) * 2 // 3], media_type).is_complete
    except MalformedDocument:
        is_complete = False
    assert not is_complete


def test_a_cut_jpeg_opens_with_a_problem() -> None:
    rng = np.random.default_rng(1)
    whole = encoded(".jpg", rng.integers(0, 255, (60, 80, 3), np.uint8))
    with open_document(whole[:-200]) as opened:
        assert [problem.code for problem in opened.problems] == ["truncated-file"]


def test_pixels_are_counted_before_decoding() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    with pytest.raises(LimitExceeded, match="3600 megapixels"):
        open_document(b"\x89PNG\r\n\x1a\n" + chunk)


def test_frames_are_counted_before_decoding() -> None:
    with pytest.raises(LimitExceeded, match="3 pages"):
        open_document(tiff((2, 2), (2, 2), (2, 2)), limits=Limits(max_frames=2))


def test_damage_says_what_to_do() -> None:
    with pytest.raises(MalformedDocument, match="again"):
        open_document(b"\xff\xd8\xff\xe0\0\x10JFIF")
    with pytest.raises(MalformedDocument, match="again"):
        open_document(encoded(".png", marked())[:40])


def test_a_bigtiff_header_is_read() -> None:
    entries = b"".join(struct.pack("<HHQQ", tag, 4, 1, value) for tag, value in ((256, 7), (257, 9)))
    data = b"II+\0" + struct.pack("<HHQ", 8, 0, 16) + struct.pack("<Q", 2) + entries + struct.pack("<Q", 0)
    assert read_image_header(data, "image/tiff").frames == (ImageFrame(7, 9),)
