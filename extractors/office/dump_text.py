"""Text dumps: what somebody copied out of a table, cells parted by tabs.

Archives often hold nothing else of a table than the text that was marked and copied, a line for each row::

    年度总体目标<tab>1、保障……<tab><tab>
    <tab>一级指标<tab>二级指标<tab>三级指标<tab>指标值
    <tab><tab>数量指标<tab>保障工资福利发放人数<tab>=87人

What makes a text a dump is its shape alone: some lines with two tabs or more that hold Chinese. A README or
the source of a programme has none.
"""

from __future__ import annotations

import re

# A goal table has more rows than this; a line of prose with two tabs in it is an accident.
LEAST_ROWS = 3
LEAST_TABS = 2

_IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# A character of GB 18030 has four bytes at most: so many may be cut at the end of a sample.
_CUT = 4


def decode_text(data: bytes, *, is_sample: bool = False) -> str | None:
    """The text of `data`, None when it is no text.

    With a byte order mark UTF-8 or UTF-16, else UTF-8 when the bytes allow it, else GB 18030 (which holds GBK
    and GB 2312, the encodings of Chinese Windows). A sample may end inside a character.
    """
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None and b"\0" in data:
        return None
    for name in [encoding] if encoding else ["utf-8", "gb18030"]:
        for cut in range(min(_CUT, len(data)) if is_sample else 1):
            try:
                text = data[: len(data) - cut].decode(name)
            except UnicodeDecodeError:
                continue
            if all(ch.isprintable() or ch.isspace() or ch == "\ufeff" for ch in text):
                return text
    return None


def is_dump(text: str) -> bool:
    r"""Whether the lines of `text` have the shape of table rows.

    >>> is_dump("标题\n一级指标\t二级指标\t指标值\n\t数量指标\t=3个\n\t质量指标\t=100%")
    True
    >>> is_dump("name\tsize\tdate\n" * 9)
    False
    """
    rows = (line for line in text.splitlines() if line.count("\t") >= LEAST_TABS and _IDEOGRAPH.search(line))
    return sum(1 for _ in zip(rows, range(LEAST_ROWS), strict=False)) == LEAST_ROWS
