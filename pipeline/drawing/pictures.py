"""Pictures of pages as files and as parts of a page of HTML."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image as PillowImage

from goaltables.records import Image


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture. `width` x `height` px are those of the picture it was made from: it may have been
    shrunk.
    """

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def uri(self) -> str:
        """The picture itself as an address."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode('ascii')}"

    def opened(self) -> PillowImage.Image:
        """In its full size again, RGB."""
        picture = PillowImage.open(io.BytesIO(self.data)).convert("RGB")
        size = (self.width, self.height)
        return picture if picture.size == size else picture.resize(size)


def pillow(image: Image) -> PillowImage.Image:
    """A picture of ours (gray, or BGR) as one of Pillow's."""
    return PillowImage.fromarray(image if image.ndim == 2 else np.ascontiguousarray(image[:, :, ::-1]))


def jpeg(image: Image, *, longest: int, quality: int = 72) -> Picture:
    """A page's picture for people, its longer side at most `longest` px."""
    height, width = image.shape[:2]
    return Picture(_encoded(pillow(image), longest, "JPEG", quality=quality), "image/jpeg", width, height)


def ink_png(ink: Image, *, longest: int) -> Picture:
    """Print as black on nothing: 255 in `ink` is black. Four levels do: noise would fill the file."""
    height, width = ink.shape
    black = PillowImage.new("L", (width, height))
    black.putalpha(PillowImage.fromarray(ink // 64 * 85))
    return Picture(_encoded(black, longest, "PNG"), "image/png", width, height)


def _encoded(picture: PillowImage.Image, longest: int, kind: str, **options: object) -> bytes:
    scale = longest / max(picture.size)
    if scale < 1:
        picture = picture.resize([max(1, round(side * scale)) for side in picture.size])
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()
