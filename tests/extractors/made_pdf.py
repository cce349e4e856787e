"""PDF pages made for the tests: a few operators on a sheet, no font file needed.

Chinese text is set in STSong-Light with the predefined map UniGB-UCS2-H: readers know its Unicode values by
themselves. Coordinates are points from the top left of the sheet before any /Rotate.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cv2
import numpy as np
import pikepdf

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)

# A small goal table: 一级 | 二级 | 三级 | 指标值, the first label merged over two rows, the title over all.
XS = (60.0, 130.0, 220.0, 400.0, 500.0)
YS = (100.0, 125.0, 150.0, 175.0, 200.0)
CELLS: tuple[tuple[int, int, int, int, str], ...] = (
    (0, 0, 1, 4, "项目绩效目标"),
    (1, 0, 2, 1, "产出指标"),
    (1, 1, 1, 1, "数量指标"),
    (1, 2, 1, 1, "补助发放人数"),
    (1, 3, 1, 1, "≥87人"),
    (2, 1, 1, 1, "质量指标"),
    (2, 2, 1, 1, "补助发放准确率"),
    (2, 3, 1, 1, "=100%"),
    (3, 0, 1, 1, "效益指标"),
    (3, 1, 1, 1, "社会效益指标"),
    (3, 2, 1, 1, "生活水平"),
    (3, 3, 1, 1, "提高"),
)


class Sheet:
    """One page under construction."""

    def __init__(self, width: float = 560.0, height: float = 400.0) -> None:
        self.width, self.height = width, height
        self.operators: list[str] = []
        self.images: list[tuple[int, int, bytes, bool]] = []

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        *,
        size: float = 10.0,
        mode: int = 0,
        colour: Colour = BLACK,
        turned: float = 0.0,
    ) -> None:
        """`turned`: degrees counter-clockwise."""
        angle = math.radians(turned)
        cos, sin = math.cos(angle), math.sin(angle)
        self.operators.append(
            f"q {_rgb(colour)} rg BT /F1 {size} Tf {mode} Tr "
            f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x} {self.height - baseline} Tm "
            f"<{text.encode('utf-16-be').hex()}> Tj ET Q"
        )

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, width: float = 0.5, colour: Colour = BLACK
    ) -> None:
        self.operators.append(
            f"q {_rgb(colour)} RG {width} w {x0} {self.height - y0} m {x1} {self.height - y1} l S Q"
        )

    def curve(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A Bezier curve that is a straight line."""
        mx, my = (x0 + x1) / 2, self.height - (y0 + y1) / 2
        self.operators.append(
            f"q 0.5 w {x0} {self.height - y0} m {mx} {my} {mx} {my} {x1} {self.height - y1} c S Q"
        )

    def block(self, x0: float, y0: float, x1: float, y1: float, *, colour: Colour = BLACK) -> None:
        """A filled rectangle."""
        box = f"{x0} {self.height - y1} {x1 - x0} {y1 - y0}"
        self.operators.append(f"q {_rgb(colour)} rg {box} re f Q")

    def frame(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A stroked rectangle."""
        self.operators.append(f"q 0.5 w {x0} {self.height - y1} {x1 - x0} {y1 - y0} re S Q")

    def image(
        self, x0: float, y0: float, x1: float, y1: float, *, gray: int = 200, transparent: bool = False
    ) -> None:
        self.images.append((8, 8, bytes([gray]) * 64, transparent))
        self.operators.append(
            f"q {x1 - x0} 0 0 {y1 - y0} {x0} {self.height - y1} cm /I{len(self.images)} Do Q"
        )

    @contextmanager
    def clipped(self, x0: float, y0: float, x1: float, y1: float) -> Iterator[None]:
        self.operators.append(f"q {x0} {self.height - y1} {x1 - x0} {y1 - y0} re W n")
        yield
        self.operators.append("Q")


def blank_png() -> bytes:
    """A white picture."""
    done, data = cv2.imencode(".png", np.full((20, 20, 3), 255, np.uint8))
    assert done
    return bytes(data)


def _rgb(colour: Colour) -> str:
    return " ".join(f"{part:g}" for part in colour)


def make_pdf(
    *sheets: Sheet,
    rotate: int = 0,
    crop: tuple[float, float, float, float] | None = None,
    origin: tuple[float, float] = (0.0, 0.0),
    user_password: str | None = None,
    owner_password: str | None = None,
) -> bytes:
    """The sheets as a PDF. `crop` is a CropBox in points from the sheet's top left; `origin` moves the
    MediaBox's lower left corner away from (0, 0)."""
    pdf = pikepdf.new()
    font = _chinese_font(pdf)
    for sheet in sheets:
        page = pdf.add_blank_page(page_size=(sheet.width, sheet.height))
        images = pikepdf.Dictionary()
        for i, (width, height, pixels, transparent) in enumerate(sheet.images, start=1):
            images[f"/I{i}"] = _image(pdf, width, height, pixels, transparent=transparent)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font), XObject=images)
        x, y = origin
        page.MediaBox = [x, y, x + sheet.width, y + sheet.height]
        moved = f"1 0 0 1 {x} {y} cm\n" if origin != (0.0, 0.0) else ""
        page.Contents = pdf.make_stream((moved + "\n".join(sheet.operators)).encode())
        if rotate:
            page.Rotate = rotate
        if crop is not None:
            x0, y0, x1, y1 = crop
            page.CropBox = [x + x0, y + sheet.height - y1, x + x1, y + sheet.height - y0]
    target = io.BytesIO()
    if user_password is not None or owner_password is not None:
        lock = pikepdf.Encryption(user=user_password or "", owner=owner_password or "owner")
        pdf.save(target, encryption=lock)
    else:
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _chinese_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    descriptor = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor,
        FontName=pikepdf.Name("/STSong-Light"),
        Flags=6,
        FontBBox=[-25, -254, 1000, 880],
        ItalicAngle=0,
        Ascent=880,
        Descent=-120,
        CapHeight=880,
        StemV=93,
    )
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.CIDFontType0,
        BaseFont=pikepdf.Name("/STSong-Light"),
        CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="GB1", Supplement=4),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=1000,
        W=[1, 95, 500],  # ASCII is half as wide
    )
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name("/STSong-Light"),
            Encoding=pikepdf.Name("/UniGB-UCS2-H"),
            DescendantFonts=[pdf.make_indirect(descendant)],
        )
    )


def _image(pdf: pikepdf.Pdf, width: int, height: int, pixels: bytes, *, transparent: bool) -> pikepdf.Stream:
    header: dict[str, pikepdf.Name | int] = {
        "Type": pikepdf.Name.XObject,
        "Subtype": pikepdf.Name.Image,
        "Width": width,
        "Height": height,
        "ColorSpace": pikepdf.Name.DeviceGray,
        "BitsPerComponent": 8,
    }
    image = pikepdf.Stream(pdf, pixels, **header)
    if transparent:
        image.SMask = pikepdf.Stream(pdf, bytes(len(pixels)), **header)
    return image


def cell_texts(
    sheet: Sheet,
    cells: Sequence[tuple[int, int, int, int, str]] = CELLS,
    xs: Sequence[float] = XS,
    ys: Sequence[float] = YS,
) -> None:
    """The texts of a table, each centred in its cell."""
    for row, col, rowspan, colspan, text in cells:
        width = sum(5.0 if ch.isascii() else 10.0 for ch in text)
        x = (xs[col] + xs[col + colspan] - width) / 2
        sheet.text(x, (ys[row] + ys[row + rowspan]) / 2 + 4, text)


def borders(
    cells: Sequence[tuple[int, int, int, int, str]] = CELLS,
    xs: Sequence[float] = XS,
    ys: Sequence[float] = YS,
) -> list[tuple[float, float, float, float]]:
    """Every border of every cell once, as (x0, y0, x1, y1)."""
    found = set()
    for row, col, rowspan, colspan, _ in cells:
        for r in range(row, row + rowspan):
            for c in (col, col + colspan):
                found.add((xs[c], ys[r], xs[c], ys[r + 1]))
        for c in range(col, col + colspan):
            for r in (row, row + rowspan):
                found.add((xs[c], ys[r], xs[c + 1], ys[r]))
    return sorted(found)


def goal_sheet() -> Sheet:
    """The table with a title and a note, its borders stroked piece by piece."""
    sheet = Sheet()
    sheet.text(200, 60, "2024年度项目支出绩效目标表", size=14)
    sheet.text(440, 90, "单位：万元")
    cell_texts(sheet)
    for border in borders():
        sheet.line(*border)
    sheet.text(60, 230, "注：金额保留两位小数。")
    return sheet
