"""Images as documents: PNG, JPEG and (multi-page) TIFF.

A phone stores a photo as its sensor saw it and notes the turn in the EXIF orientation. Every viewer applies
that note, as it applies a PDF's /Rotate, so the page *as displayed* is the picture after it: boxes are in
those pixels. `ImageDocument.orientation` tells which turn was applied.
"""

from __future__ import annotations

import cv2
import numpy as np

from goaltables.errors import LimitExceeded, MalformedDocument
from goaltables.extractors.files.image_header import ImageFrame, read_image_header
from goaltables.extractors.files.limits import Limits
from goaltables.extractors.files.sniff import JPEG, PNG, TIFF
from goaltables.extractors.open_document import OpenedDocument
from goaltables.records import Image, PageGeometry, PageProblem, Unit

# OpenCV 5 refuses a JPEG without its end; with one it shows what is there.
END_OF_IMAGE = b"\xff\xd9"


class ImageDocument(OpenedDocument):
    """An open image file; each frame is a page. Only the frame read last is kept in memory."""

    def __init__(self, data: bytes, media_type: str, *, limits: Limits) -> None:
        header = read_image_header(data, media_type)
        _check_limits(header.frames, limits)
        self.media_type = media_type
        self.page_count = len(header.frames)
        if not header.is_complete:
            self.problems = (
                PageProblem("truncated-file", "The image file is cut short: what is missing shows as gray."),
            )
            if media_type == JPEG:
                data += END_OF_IMAGE
        self._data = data
        self._frames = header.frames
        self._kept: tuple[int, Image] | None = None
        self.picture(1)  # what cannot be decoded fails on opening, like a PDF

    def orientation(self, number: int) -> int:
        """The EXIF orientation (1..8) that was applied to show the page; 1 is none."""
        return self._frames[number - 1].orientation

    def page_geometry(self, number: int) -> PageGeometry:
        frame = self._frames[number - 1]
        width, height = frame.width, frame.height
        if frame.orientation >= 5:  # 5..8 swap the sides
            width, height = height, width
        return PageGeometry(number, float(width), float(height), Unit.PIXEL)

    def picture(self, number: int, dpi: float = 200.0) -> Image:  # noqa: ARG002  images have their own pixels
        if self._kept is None or self._kept[0] != number:
            self._kept = (number, self._decode(self._frames[number - 1]))
        return self._kept[1]

    def _decode(self, frame: ImageFrame) -> Image:
        stored = np.frombuffer(self._data, np.uint8)
        # Unchanged keeps the alpha channel and the file's own pixel order of PNG and JPEG.
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        if self.media_type == PNG:
            flags = cv2.IMREAD_UNCHANGED
        try:
            if self.media_type == TIFF:
                _, frames = cv2.imdecodemulti(stored, flags, range=(frame.index, frame.index + 1))
                decoded = frames[0] if frames else None
            else:
                decoded = cv2.imdecode(stored, flags)
        except cv2.error:
            decoded = None
        if decoded is None:
            raise MalformedDocument(
                f"the {self.media_type} cannot be decoded: it is cut short or damaged; fetch or scan it again"
            )
        picture = _on_white(np.asarray(decoded))
        if self.media_type == JPEG:  # OpenCV turns TIFF frames itself, whatever it is told
            picture = _turned(picture, frame.orientation)
        return np.ascontiguousarray(picture)

    def close(self) -> None:
        self._kept = None
        self._data = b""


def _check_limits(frames: tuple[ImageFrame, ...], limits: Limits) -> None:
    if len(frames) > limits.max_frames:
        raise LimitExceeded(f"the TIFF has {len(frames)} pages, the limit is {limits.max_frames}; split it")
    for frame in frames:
        megapixels = frame.width * frame.height / 1e6
        if megapixels > limits.max_megapixels:
            raise LimitExceeded(
                f"the image is {frame.width} x {frame.height} pixels ({megapixels:.0f} megapixels), "
                f"the limit is {limits.max_megapixels:g}; scan it at 300 dpi, or raise the limit"
            )


def _on_white(picture: np.ndarray) -> Image:
    """Eight-bit BGR. Transparent pixels become paper: many are black underneath."""
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), np.uint8)
    if picture.shape[2] == 3:
        return np.asarray(picture, np.uint8)
    alpha = picture[:, :, 3:].astype(np.uint16)
    mixed = (picture[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)


def _turned(picture: Image, orientation: int) -> Image:
    """Apply an EXIF orientation: 2..4 mirror or turn around, 5..8 swap the sides."""
    if orientation >= 5:
        picture = picture.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return picture
