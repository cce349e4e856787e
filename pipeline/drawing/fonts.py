"""A font with Chinese characters for pictures. Nothing is shipped: 15 MB for what every browser has anyway.

HTML and SVG leave the choice to the browser (`FONT_STACK`); a PNG needs the file of an installed font.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

# In the order of preference; the names of files as Linux distributions, macOS and Windows have them.
FILES: Final = (
    *(
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJKsc-Regular.otf",
        "NotoSansSC-Regular.otf",
        "NotoSansSC[wght].ttf",
    ),
    *("SourceHanSansSC-Regular.otf", "SourceHanSansCN-Regular.otf", "DroidSansFallbackFull.ttf"),
    *("wqy-zenhei.ttc", "wqy-microhei.ttc", "uming.ttc", "ukai.ttc", "gbsn00lp.ttf"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "STHeiti Light.ttc"),
    *("msyh.ttc", "simhei.ttf", "simsun.ttc"),
)
FONT_STACK: Final = (
    "'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Hiragino Sans GB', "
    "'Microsoft YaHei', 'WenQuanYi Micro Hei', 'WenQuanYi Zen Hei', sans-serif"
)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def font_folders() -> list[Path]:
    """Where fonts are installed on this machine, the user's own first."""
    home = Path.home()
    shared = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    return [
        *(home / ".local/share/fonts", home / ".fonts", home / "Library/Fonts"),
        *(Path(folder, "fonts") for folder in shared if folder),
        *(Path("/Library/Fonts"), Path("/System/Library/Fonts"), Path("C:/Windows/Fonts")),
    ]


@cache
def chinese_font_file() -> Path | None:
    """The file of an installed font with Chinese characters; None when there is none."""
    found: dict[str, Path] = {}
    for folder in font_folders():
        for parent, _, names in os.walk(folder):
            for name in set(FILES).intersection(names):
                found.setdefault(name, Path(parent, name))
    return next((found[name] for name in FILES if name in found), None)


@cache
def font(size: int) -> Font:
    """The font for pictures, `size` px high; without Chinese characters where none is installed."""
    file = chinese_font_file()
    return ImageFont.load_default(size) if file is None else ImageFont.truetype(str(file), size)
