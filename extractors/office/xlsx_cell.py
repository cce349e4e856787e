"""The text of a spreadsheet cell, as a person sees it.

A value and its format make the text; formats that depend on the language of the office are shown as a Chinese
one shows them. Where the format is not understood, the value stands without it and the cell says so.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils.datetime import from_excel

from goaltables.extractors.office.number_format import shown_moment, shown_number

UNKNOWN_FORMAT = "number-format-unknown"

# Formats 14 to 22 are "short date" and the like of the reader's language; a workbook stores American ones.
LOCAL_FORMATS = {"mm-dd-yy": "yyyy/m/d", "m/d/yy h:mm": "yyyy/m/d h:mm"}
# Formats that Chinese Excel knows by number only (ECMA-376 part 1, 18.8.30, zh-cn).
CHINESE_FORMATS = {
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}
# Characters that XML cannot hold are written so: _x000D_ is a carriage return.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def shown_text(cell: Any, epoch: datetime) -> tuple[str, tuple[str, ...]]:
    """The text of an openpyxl cell, line breaks kept, and flags."""
    value = cell.value
    if value is None:
        return "", ()
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value), ()
    if isinstance(value, bool):
        return str(value).upper(), ()
    code = LOCAL_FORMATS.get(cell.number_format, cell.number_format)
    if isinstance(value, int | float):
        local = CHINESE_FORMATS.get(cell._style.numFmtId)  # openpyxl has no public way to the number
        if local is None:
            shown = shown_number(value, code)
            return (shown, ()) if shown is not None else (_plain_number(value), (UNKNOWN_FORMAT,))
        code = local
        try:
            value = from_excel(value, epoch)
        except (ValueError, OverflowError):
            return _plain_number(cell.value), (UNKNOWN_FORMAT,)
    if isinstance(value, date | time):
        shown = shown_moment(value, code)
        return (shown, ()) if shown is not None else (value.isoformat(), (UNKNOWN_FORMAT,))
    return str(value), (UNKNOWN_FORMAT,)  # a length of time


def _plain_number(value: float) -> str:
    return shown_number(value, "General") or str(value)
