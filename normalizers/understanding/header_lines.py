"""What the lines above a table say: title, year, unit of money, and labels with their values.

    2023年部门预算项目绩效目标表
    编制单位：某县财政局                                   单位：万元
    主管部门：某县财政局 实施单位：某县教育局 预算年度：2023年

A label is a word of ``data/header_labels.toml`` before a colon; its value goes on to the next label.

>>> labelled_values("主管部门：某县财政局 实施单位：某县教育局")
[('主管部门', '某县财政局'), ('实施单位', '某县教育局')]
>>> printed_year("二〇二二年度"), printed_year("（2023年）")
(2022, 2023)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goaltables.normalizers.understanding.closed_words import fold
from goaltables.normalizers.understanding.forms import exact_labels, header_labels
from goaltables.normalizers.understanding.page_pieces import is_goal_title, is_table_title
from goaltables.normalizers.understanding.printed_forms import is_known_title, is_torn_title
from goaltables.records import PageReading, TextLine

_DIGITS = {c: str(i % 10) for i, c in enumerate("〇一二三四五六七八九")} | {
    "○": "0",
    "零": "0",
    "O": "0",
    "０": "0",
}
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_HAN_YEAR = re.compile(r"[二][〇○零O0][〇○零O0一二三四][〇○零O0一二三四五六七八九](?=年)")
_YEAR_ONLY = re.compile(r"^[(\[【]?20[0-4]\d年?度?[)\]】]?$")
_UNIT_IN_BRACKETS = re.compile(
    r"[(（\[【]\s*(?:金额)?(?:单位[:：]?)?\s*(百万元|万元|亿元|千元|百元|元)\s*[)）\]】]"
)
_AMOUNT = r"[-—]?[\d.,０-９．，]*\d?\s*(?:百万元|万元|亿元|千元|百元|元)?"
_AMOUNT_FIRST = re.compile(rf"^({_AMOUNT})[，,；;]\s*(\D.*)$")
_NAMED_AMOUNT = re.compile(rf"^(?:其中[:：]?)?(\D+?)[:：]?\s*({_AMOUNT})$")
_PART_END = re.compile(r"[，,；;。](?!\d{3})|[（）()]|(?<=元)\s+")
_BRACKETED_UNIT = re.compile(r"[（(]\s*(百万元|万元|亿元|千元|百元|元)\s*[)）]")
_LONGEST_LABEL = 16
_LONGEST_LINE = 60
_OWN_RANK = 4
"""Labels up to this rank name who publishes; a 主管部门 is somebody else."""
_COVER = re.compile(
    r"^(?:附件\d*[:：]?)?([^\d,，。;；:：]{3,24}?)(?:20\d\d年)?度?(?:部门|单位|本级)?"
    r"(?:预算|决算)(?:公开|及|说明|报告|情况|$)"
)
_ANNEX = re.compile(r"^附\s*[件表录]\s*[\d一二三四五六七八九十]{0,3}(?:[-—－]\d{1,2})?\s*[:：、.．]?\s*")
_NO_PIECE = re.compile(r"^附\s*[件表录][\s\d一二三四五六七八九十\-—]*$|^第\s*\d+\s*页|专用章|公章|盖章|印章")


@dataclass(frozen=True, slots=True)
class AboveTable:
    """The lines above a table, read. `values` are labels with their values in printed order, `lines` what
    stands below the title as it was printed.
    """

    title: str | None
    year: int | None
    money_unit: str | None
    values: tuple[tuple[str, str], ...]
    lines: tuple[TextLine, ...] = ()


def printed_year(text: str) -> int | None:
    """The first year from 2000 to 2049 that `text` prints, in digits or in Chinese numerals."""
    folded = fold(text)
    if match := _YEAR.search(folded):
        return int(match.group(1))
    if match := _HAN_YEAR.search(folded):
        return int("".join(_DIGITS.get(c, c) for c in match.group()))
    return None


def money_unit(text: str) -> str | None:
    """The unit of money that a label, a head or a line names: 预算金额（万元）, 单位：元."""
    if match := _UNIT_IN_BRACKETS.search(text):
        return match.group(1)
    match = re.search(r"单位[:：]\s*(?:人民币)?\s*(百万元|万元|亿元|千元|百元|元)", text)
    return match.group(1) if match else None


def labelled_values(text: str) -> list[tuple[str, str]]:
    """The (label, value) pairs that a line prints with colons; [] when it prints none.

    A sentence of amounts needs no colon: 资金总额530.72万元（其中：财政拨款500万元，其他资金30.72万元）.
    """
    if sentence := _money_sentence(text):
        return sentence
    spots: list[tuple[int, int, str]] = []
    for match in re.finditer(r"[:：]", text):
        label = _label_before(text[: match.start()])
        if label is not None and (not spots or match.start() - len(label) >= spots[-1][1]):
            spots.append((match.start() - len(label), match.end(), label.strip()))
    values = []
    for index, (_, start, label) in enumerate(spots):
        stop = spots[index + 1][0] if index + 1 < len(spots) else len(text)
        values += _amounts(label, text[start:stop].strip())
    return values


def _amounts(label: str, value: str) -> list[tuple[str, str]]:
    """`label` and its value; a sum that goes on with its parts in one sentence is taken apart.

    年度资金总额：5.2万元，其中：财政拨款5万元，其他资金0.2万元
    """
    if not any(meaning.role.startswith("money_") for meaning in exact_labels(label)):
        return [(label, value)]
    value = value.rstrip("，,；;。 ")
    match = _AMOUNT_FIRST.match(value)
    if match is None:
        return [(label, value)]
    found = [(label, match.group(1).strip())]
    for part in re.split(r"[，,；;。](?!\d{3})", match.group(2)):
        named = _NAMED_AMOUNT.match(part.strip())
        if named is not None and exact_labels(named.group(1)):
            found.append((named.group(1), named.group(2).strip()))
    return found if len(found) > 1 else [(label, value)]


def _money_sentence(text: str) -> list[tuple[str, str]]:
    """A total and its parts, each a label and an amount; [] unless the whole line is made of them."""
    parts = [part.strip() for part in _PART_END.split(_BRACKETED_UNIT.sub(r"\1", text))]
    named = [_NAMED_AMOUNT.match(part) for part in parts if part]
    if len(named) < 2 or not all(named):
        return []
    found = [(match.group(1).strip(), match.group(2).strip()) for match in named if match]
    roles = [{meaning.role for meaning in exact_labels(label)} for label, _ in found]
    total = any(role.startswith("money_total") for role in roles[0])
    return found if total and all(any(r.startswith("money_") for r in part) for part in roles) else []


def _label_before(text: str) -> str | None:
    """The longest known label that ends `text`, as printed."""
    for length in range(min(_LONGEST_LABEL, len(text)), 1, -1):
        candidate = text[-length:]
        if candidate[0].isalnum() and exact_labels(candidate):
            return candidate
    return None


def read_above(lines: Sequence[TextLine]) -> AboveTable:
    """Title, year, unit and labelled values of the lines above a table."""
    printed, lines = lines, _rows_of_print(lines)
    titles: list[int] = []
    for is_title in (is_goal_title, is_known_title, is_table_title, _is_title_without_end, is_torn_title):
        titles = titles or [i for i, line in enumerate(lines) if is_title(line.text)]
    title = _without_number(_whole_title(lines, titles[-1])) if titles else None
    below = lines[titles[-1] :] if titles else lines
    top = lines[titles[-1]].box.y1 if titles else float("-inf")
    return AboveTable(
        title,
        _year(below, title),
        _unit(below),
        tuple(_values(below)),
        tuple(line for line in printed if line.box.centre[1] > top),
    )


def _is_title_without_end(text: str) -> bool:
    """Whether a line is a title whose last characters were not read: 财政支出项目绩效目标."""
    folded = fold(text)
    named = re.search(r"绩效(?:目标|自评)[^:：]{0,3}$", folded)
    labelled = any(value for _, value in labelled_values(text))
    return bool(named) and 8 <= len(folded) <= 40 and not labelled and "第" not in folded


def _rows_of_print(lines: Sequence[TextLine]) -> list[TextLine]:
    """The lines, with pieces of one row put together: a stamp over a title breaks it in two.

    Fields beside each other (编制单位：… 单位：万元) stay apart.
    """
    rows: list[TextLine] = []
    for line in lines:
        last = rows[-1] if rows else None
        if last is None or not _goes_on_in_row(last, line):
            rows.append(line)
            continue
        confidence = min(last.confidence, line.confidence)
        rows[-1] = TextLine(last.text + line.text, last.box.union(line.box), confidence, last.reader)
    return rows


def _goes_on_in_row(before: TextLine, line: TextLine) -> bool:
    """Whether two pieces are one line of print: side by side on one baseline, of one size.

    A title in large spaced characters comes from a scan in pieces, and a stamp swallows some of it, so the
    gap may be four characters wide. 附件2, a page's number and the words of a seal are pieces of nothing.
    """
    low, high = sorted((before.box.height, line.box.height))
    level = abs(before.box.centre[1] - line.box.centre[1]) < 0.4 * low
    near = -low < line.box.x0 - before.box.x1 < 4 * high
    apart = re.search("[:：]", before.text + line.text) or any(
        _NO_PIECE.search(piece.text.strip()) for piece in (before, line)
    )
    return level and low > 0.6 * high and near and not apart


def _without_number(title: str) -> str:
    """A title without the number of the annex that is printed before it: 附件2：项目支出绩效目标表."""
    rest = _ANNEX.sub("", title)
    return rest if is_table_title(rest) else title


def _whole_title(lines: Sequence[TextLine], index: int) -> str:
    """The title in line `index`, with the line before it when the title was wrapped.

    A wrapped title goes on in the same type size right under its first line, which then ends no sentence and
    names no table of its own.
    """
    line = lines[index]
    text = line.text.strip()
    if index == 0:
        return text
    before = lines[index - 1]
    gap = line.box.y0 - before.box.y1
    same_size = abs(before.box.height - line.box.height) <= 0.12 * line.box.height
    heading = re.search(r"公开$|^附件|^附表|第.{1,3}部分|[：:。；]|^\d|年度?[)）]?$", before.text.strip())
    short = len(fold(text)) < 10 or not re.match(r"^(?:20\d\d|部门|项目|财政|单位)", fold(text))
    if (
        same_size
        and short
        and -0.5 * line.box.height < gap < 0.9 * line.box.height
        and not heading
        and not _NO_PIECE.search(before.text.strip())
        and not is_table_title(before.text)
    ):
        return before.text.strip() + text
    return text


def _year(lines: Sequence[TextLine], title: str | None) -> int | None:
    for line in lines:
        if _YEAR_ONLY.match(fold(line.text).replace("年度", "年")) or _HAN_YEAR.match(fold(line.text)):
            return printed_year(line.text)
    return (printed_year(title) if title else None) or next(
        (year for line in lines if (year := printed_year(line.text)) and len(fold(line.text)) <= 24), None
    )


def _unit(lines: Sequence[TextLine]) -> str | None:
    return next((unit for line in lines if (unit := money_unit(line.text))), None)


def _values(lines: Sequence[TextLine]) -> Iterable[tuple[str, str]]:
    """The labelled values of consecutive lines; lines without a label go on with the value before them.

    Only a goal is long enough to be wrapped: 年度绩效目标：… over three lines.
    """
    found: list[tuple[str, str]] = []
    for line in lines:
        pairs = labelled_values(line.text)
        starts = bool(pairs) and fold(line.text).startswith(fold(pairs[0][0]))
        if found and not starts and _is_goal(found[-1][0]):
            found[-1] = (found[-1][0], found[-1][1] + line.text.strip())
        else:
            found += pairs
    return found


def goal_between(lines: Sequence[TextLine]) -> list[tuple[str, str]]:
    """The goal that stands as lines between two grids, its label beside the middle of its text."""
    labels = [line for line in lines if _is_goal(line.text)]
    if len(labels) != 1:
        return list(_values(lines))
    return [(labels[0].text.strip(), "".join(line.text.strip() for line in lines if line is not labels[0]))]


def document_organization(pages: Sequence[PageReading]) -> str | None:
    """Whose document it is, for tables that do not say it: as its lines name it most often (编制单位：…),
    else as its cover does (某县农业农村局2022年部门预算).
    """
    lines = [line.text.strip() for page in pages for line in page.lines if len(line.text) <= _LONGEST_LINE]
    named = [
        value
        for text in lines
        for label, value in labelled_values(text)
        if value and any(m.role == "organization" and m.rank <= _OWN_RANK for m in exact_labels(label))
    ]
    if not named:
        named = [match.group(1) for text in lines if (match := _COVER.match(fold(text)))]
    return max(sorted(set(named)), key=named.count) if named else None


def _is_goal(label: str) -> bool:
    return any(meaning.role.startswith("goal") for meaning in header_labels(label))
