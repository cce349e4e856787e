"""The size of an image, from its header: before anything is decoded.

A 50 kB PNG may claim 30,000 x 30,000 pixels. PNG states its size in IHDR, JPEG in the SOF segment, TIFF in
one directory (IFD) a page. The same walk tells whether the file was cut short: OpenCV decodes half a JPEG
without an error and fills the rest with gray.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from goaltables.errors import MalformedDocument
from goaltables.extractors.files.sniff import JPEG, PNG, TIFF

# Tags of TIFF 6.0 and of EXIF.
SUBFILE_TYPE, WIDTH, HEIGHT, EXIF_ORIENTATION = 254, 256, 257, 274
# Where the strips or tiles of a picture lie, and how long each is.
PIECES = ((273, 279), (324, 325))


@dataclass(frozen=True, slots=True)
class ImageFrame:
    """One picture of an image file. `orientation` is the EXIF value 1..8 (1: as stored); `index` is its place
    among the file's frames, thumbnails included.
    """

    width: int
    height: int
    orientation: int = 1
    index: int = 0


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """The pages of an image file, and whether all of the file is there."""

    frames: tuple[ImageFrame, ...]
    is_complete: bool


def read_image_header(data: bytes, media_type: str) -> ImageHeader:
    """Header of a PNG, JPEG or TIFF (also BigTIFF).

    Raises:
        MalformedDocument: the header itself is damaged.

    """
    read = {PNG: _read_png, JPEG: _read_jpeg, TIFF: _read_tiff}[media_type]
    try:
        header = read(data)
    except (struct.error, IndexError) as error:
        raise MalformedDocument(
            f"the header of this {media_type} is cut or damaged; fetch it again"
        ) from error
    if not header.frames or any(frame.width <= 0 or frame.height <= 0 for frame in header.frames):
        raise MalformedDocument(
            f"this {media_type} states no size: it is cut short or damaged; fetch it again"
        )
    return header


def _read_png(data: bytes) -> ImageHeader:
    width, height = struct.unpack_from(">II", data, 16)
    return ImageHeader((ImageFrame(width, height),), is_complete=data.rfind(b"IEND") > 0)


def _read_jpeg(data: bytes) -> ImageHeader:
    orientation, size = 1, (0, 0)
    position = 2
    while size == (0, 0):
        while data[position] != 0xFF:
            position += 1
        marker = data[position + 1]
        if marker == 0xFF or marker == 1 or 0xD0 <= marker <= 0xD8:  # fill bytes and signs without a body
            position += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        body = data[position + 4 : position + 2 + length]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = _exif_orientation(body[6:])
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # SOF, not tables
            height, width = struct.unpack_from(">HH", body, 1)
            size = (width, height)
        elif marker in (0xD9, 0xDA):
            break
        position += 2 + length
    # The end sign stands behind the picture; the one of an embedded thumbnail stands before it.
    is_complete = data.rfind(b"\xff\xd9") >= position
    return ImageHeader((ImageFrame(*size, orientation),), is_complete)


def _exif_orientation(tiff: bytes) -> int:
    try:
        tags = next(_directories(tiff), {})
    except (struct.error, MalformedDocument):
        return 1
    return _valid_orientation(tags.get(EXIF_ORIENTATION, (1,))[0])


def _valid_orientation(value: int) -> int:
    return value if 1 <= value <= 8 else 1


def _read_tiff(data: bytes) -> ImageHeader:
    frames, is_complete = [], True
    try:
        for index, tags in enumerate(_directories(data)):
            first = {tag: values[0] for tag, values in tags.items() if values}
            if first.get(SUBFILE_TYPE, 0) & 1:  # a reduced-resolution copy of another page
                continue
            orientation = _valid_orientation(first.get(EXIF_ORIENTATION, 1))
            frames.append(ImageFrame(first.get(WIDTH, 0), first.get(HEIGHT, 0), orientation, index))
            for offsets, counts in PIECES:
                ends = [a + b for a, b in zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False)]
                is_complete &= max(ends, default=0) <= len(data)
    except struct.error:
        is_complete = False  # the pages before the cut may be whole
    return ImageHeader(tuple(frames), is_complete)


# TIFF field types that hold whole numbers: BYTE, SHORT, LONG, IFD, LONG8.
WHOLE = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
FIELD_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8}
WANTED = {SUBFILE_TYPE, WIDTH, HEIGHT, EXIF_ORIENTATION, *PIECES[0], *PIECES[1]}
MAX_VALUES = 1_000_000


def _directories(data: bytes) -> Iterator[dict[int, tuple[int, ...]]]:
    """The whole-number fields of each directory in the chain. BigTIFF (magic 43) has wider counts."""
    order = "<" if data.startswith(b"II") else ">"
    (magic,) = struct.unpack_from(order + "H", data, 2)
    big = magic == 43
    pointer, count_code, entry_bytes = ("Q", "Q", 20) if big else ("I", "H", 12)
    pointer_bytes = struct.calcsize(pointer)
    (offset,) = struct.unpack_from(order + pointer, data, 8 if big else 4)
    seen: set[int] = set()
    while offset:
        if offset in seen:
            raise MalformedDocument("the pages of this TIFF lead in a circle; export it again")
        seen.add(offset)
        (count,) = struct.unpack_from(order + count_code, data, offset)
        start = offset + struct.calcsize(count_code)
        tags: dict[int, tuple[int, ...]] = {}
        for entry in range(start, start + min(count, 4096) * entry_bytes, entry_bytes):
            tag, kind = struct.unpack_from(order + "HH", data, entry)
            (n,) = struct.unpack_from(order + pointer, data, entry + 4)
            if tag not in WANTED or kind not in WHOLE or n > MAX_VALUES:
                continue
            at = entry + 4 + pointer_bytes
            if n * FIELD_BYTES[kind] > pointer_bytes:
                (at,) = struct.unpack_from(order + pointer, data, at)
            tags[tag] = struct.unpack_from(f"{order}{n}{WHOLE[kind]}", data, at)
        yield tags
        (offset,) = struct.unpack_from(order + pointer, data, start + count * entry_bytes)
