"""Numbers and dates of a workbook as a person sees them."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.extractors.office.number_format import Moment, shown_moment, shown_number

ACCOUNTS = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (87, "General", "87"),
        (0.1 + 0.2, "General", "0.3"),
        (1477.4, "0.00", "1477.40"),
        (1477.4, "#,##0.00", "1,477.40"),
        (0.95, "0%", "95%"),
        (0.9555, "0.0%", "95.6%"),
        (2.675, "0.00", "2.68"),
        (12.34, '0.0"万元"', "12.3万元"),
        (87, '"≥"0"人"', "≥87人"),
        (1234.5, ACCOUNTS, "1,234.50"),
        (-1234.5, ACCOUNTS, "-1,234.50"),
        (0, ACCOUNTS, "-"),
        (-3, "0.00_);[Red]\\(0.00\\)", "(3.00)"),
        (-0.004, "0.00", "0.00"),
        (1234567, "#,##0,", "1,235"),
        (7, "000", "007"),
        (1.5, "[$¥-804]#,##0.00", "¥1.50"),
        (1e300, "0", "1" + "0" * 300),
        (5, "G/通用格式", "5"),
        (2.5, "# ?/?", None),
        (45, "[DBNum1]0", None),
        (float("inf"), "0", None),
        (1, "0." + "0" * 1000, None),
        (100, "[>=90]0;0.0", None),
    ],
)
def test_numbers(value: float, code: str, shown: str | None) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (datetime(2023, 11, 3, 14, 5, 6), 'yyyy"年"m"月"d"日"', "2023年11月3日"),
        (date(2023, 11, 3), "yyyy/m/d", "2023/11/3"),
        (datetime(2023, 11, 3, 14, 5, 6), "yyyy-mm-dd hh:mm:ss", "2023-11-03 14:05:06"),
        (datetime(2023, 11, 3, 14, 5), "h:mm AM/PM", "2:05 PM"),
        (time(9, 30), 'h"时"mm"分"', "9时30分"),
        (date(2023, 11, 3), "aaaa", "星期五"),
        (date(2023, 11, 3), "d-mmm-yy", None),
        (time(9, 30), "yyyy", None),
    ],
)
def test_dates(value: Moment, code: str, shown: str | None) -> None:
    assert shown_moment(value, code) == shown


@settings(derandomize=True, max_examples=300)
@given(st.floats() | st.integers(-(10**15), 10**15), st.text('0#?,.;%@E+-_*\\"[]年yG ', max_size=20))
def test_any_format_is_shown_or_refused(value: float, code: str) -> None:
    shown = shown_number(value, code)
    assert shown is None or isinstance(shown, str)


@settings(derandomize=True, max_examples=300)
@given(st.decimals(-(10**6), 10**6, places=2))
def test_amounts_with_two_places_stand_as_they_were_typed(amount: object) -> None:
    typed = f"{amount:.2f}"
    assert shown_number(float(typed), "0.00") == typed.replace("-0.00", "0.00")
