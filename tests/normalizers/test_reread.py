"""Doubtful cells, chosen by their place in the form; what is repaired is told."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from goaltables.normalizers.data import load_toml
from goaltables.normalizers.rereading.confidence import (
    REVIEW_BELOW,
    REVIEW_FLAGS,
    confidence,
    evidence,
    page_doubt,
)
from goaltables.normalizers.rereading.ctc import log_probability, n_best
from goaltables.normalizers.rereading.expectation import Kind, variants, weight
from goaltables.normalizers.rereading.reread import reread, with_likeliest_texts
from goaltables.normalizers.rereading.traditional import simplified, with_simplified_texts
from goaltables.records import (
    Box,
    Cell,
    Hypotheses,
    LineReading,
    PageGeometry,
    PageReading,
    PageRoute,
    PageTable,
    Route,
    TextLine,
    Unit,
)

READER = "rapidocr"
HEAD = ("一级指标", "二级指标", "三级指标", "指标值")


def hypotheses(*steps: dict[str, float]) -> Hypotheses:
    """A line of some steps, each with the probabilities of a few characters; "" is the blank."""
    characters = "".join(dict.fromkeys(c for step in steps for c in step if c))
    scores = [[step.get("", 1e-4)] + [step.get(c, 1e-4) for c in characters] for step in steps]
    return Hypotheses.of(characters, np.log(np.array(scores)))


def line(*steps: dict[str, float]) -> LineReading:
    """The likeliest reading of the steps, with what else they may say."""
    best = [max(step.items(), key=lambda item: item[1]) for step in steps]
    return LineReading(
        "".join(c for c, _ in best),
        tuple(p for c, p in best if c),
        hypotheses=hypotheses(*(step for one in steps for step in (one, {"": 0.999}))),
    )


def page(*rows: tuple[str | LineReading, ...], route: Route = Route.OCR) -> PageReading:
    cells = []
    for r, row in enumerate((HEAD, *rows)):
        for c, content in enumerate(row):
            reading = content if isinstance(content, LineReading) else LineReading(content)
            cells.append(
                Cell(
                    *(r, c, 1, 1),
                    Box(100 * c, 20 * r, 100 * c + 100, 20 * r + 20),
                    reading.text,
                    reading.confidence if reading.probabilities else 0.9999,
                    READER if route is Route.OCR else "pdfplumber",
                    lines=(reading,) if reading.hypotheses is not None else (),
                )
            )
    table = PageTable(Box(0, 0, 400, 20 * len(rows) + 20), tuple(cells), "raster-ruled")
    geometry = PageGeometry(1, 400, 400, Unit.PIXEL)
    return PageReading(geometry, PageRoute(route, "image-file"), (table,), ())


def values(read: tuple[PageReading, ...]) -> list[Cell]:
    return [cell for cell in read[0].tables[0].cells if cell.row and cell.col == 3]


def goal_page(*value_readings: str | LineReading, route: Route = Route.OCR) -> PageReading:
    names = ("补助发放人数", "检查验收次数", "资金发放准确率", "培训合格率", "群众满意度")
    rows = [("产出指标", "数量指标", name, value) for name, value in zip(names, value_readings, strict=False)]
    return page(*rows, route=route)


def test_a_doubtful_sign_is_chosen_by_its_column() -> None:
    doubtful = line({">": 0.55, "≥": 0.4}, {"9": 0.99}, {"5": 0.99}, {"%": 0.99})
    (first, *_) = values(reread([goal_page(doubtful, "≥90%", "≥85%")]))
    assert first.text == "≥95%"
    assert "reading-repaired" not in first.flags  # the reader offered it


def test_what_else_a_line_may_say_is_tidied_as_its_text_was() -> None:
    """Else the dash of a rule's end, and the point of small print, would come back with the hypotheses."""
    cut = line({"一": 0.6, "-": 0.3}, {">": 0.9}, {"=": 0.9}, {"9": 0.99}, {"6": 0.6, "8": 0.3}, {"%": 0.99})
    small = line({"明": 0.99}, {"显": 0.99}, {".": 0.6, "．": 0.3}, {"提": 0.9}, {"升": 0.6, "开": 0.3})
    first, second, *_ = values(reread([goal_page(cut, small, "≥85%")]))
    assert (first.text, second.text) == (">=96%", "明显，提升")


def test_a_name_is_never_taken_for_one_near_in_spelling() -> None:
    sure = line({"质": 0.995, "数": 0.0001}, {"量": 0.999}, {"指": 0.999}, {"标": 0.999})
    read = reread([page(("产出指标", sure, "资金发放准确率", "≥95%"))])
    assert read[0].tables[0].cells[5].text == "质量指标"


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [("z95%", "≥95%"), ("C=5天", "≤5天"), ("═100%", "=100%"), ("二100%", "=100%"), ("V98%", "≥98%")],
)
def test_a_sign_that_no_value_begins_with_is_put_right_and_told(read_as: str, meant: str) -> None:
    (first, *_) = values(reread([goal_page(read_as, "≥90%", "=3次")]))
    assert first.text == meant
    assert not REVIEW_FLAGS.isdisjoint(first.flags)


@pytest.mark.parametrize("text", ["-5%", "一定程度", "≥95%", "V型", "3:1", "之前完成"])
def test_what_a_value_may_say_stays_as_it_was_read(text: str) -> None:
    (first, *_) = values(reread([goal_page(text, "≥90%", "=3次")]))
    assert (first.text, first.flags) == (text, ())


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        (Kind.NUMBER, "12•5", "12.5"),
        (Kind.NUMBER, "903：78", "903.78"),
        (Kind.VALUE, "≥6．20万元", "≥6.20万元"),
    ],
)
def test_a_decimal_point_may_be_another_mark(kind: Kind, text: str, meant: str) -> None:
    assert meant in dict(variants(kind, text, 0.0))


def test_a_colon_between_the_figures_of_a_value_is_a_ratio() -> None:
    assert not dict(variants(Kind.VALUE, "3：1", 0.0))


def test_traditional_characters_in_simplified_print_are_folded_and_told() -> None:
    (first, second, *_) = values(reread([goal_page("提高決策水平", "≥90%", "=3次")]))
    assert (first.text, first.flags) == ("提高决策水平", ("traditional-folded",))
    assert second.flags == ()


def test_a_document_in_traditional_characters_stays_as_it_is() -> None:
    read = reread([page(*[("產出指標", "數量指標", "補助發放人數", "達標")] * 4)])
    assert read[0].tables[0].cells[4].text == "產出指標"


def test_a_text_layer_is_no_reading() -> None:
    pages = (goal_page("z95%", "提高決策水平", route=Route.TEXT),)
    assert reread(pages) == pages


def test_folding_twice_changes_nothing_more() -> None:
    folded = simplified("滿意度調查戶數決算")
    assert folded == "满意度调查户数决算" == simplified(folded)


def test_the_sum_over_alignments_is_no_less_than_the_best_text_of_the_beam() -> None:
    steps = hypotheses({"名": 0.9, "": 0.05}, {"": 0.5, "名": 0.4}, {"%": 0.7, "": 0.2})
    for text, score in n_best(steps):
        if score > -100:  # what equal neighbours without a blank between them cannot say
            assert log_probability(steps, text) >= score - 1e-6


def test_doubt_lowers_the_confidence_and_a_text_layer_keeps_its_own() -> None:
    cell = Cell(0, 0, 1, 1, Box(0, 0, 1, 1), "≥95%", 0.995, READER)

    def stated(changed: Cell, doubt: float = 0.0) -> float:
        return confidence(evidence(changed, Kind.VALUE, doubt), READER)

    sure = stated(cell)
    assert REVIEW_BELOW < sure < 1
    for doubtful in (
        Cell(0, 0, 1, 1, cell.box, "≥95%", 0.6, READER),
        Cell(0, 0, 1, 1, cell.box, ">95%", 0.9, READER, ("operator-suspect",)),
        Cell(0, 0, 1, 1, cell.box, "≥95%", 0.995, READER, ("ink-not-read",)),
    ):
        assert stated(doubtful) < sure
    assert stated(cell, doubt=0.9) < sure
    assert values(reread([goal_page("≥95%", route=Route.TEXT)]))[0].confidence == 0.9999


def test_weights_say_what_they_are_for() -> None:
    assert weight(Kind.VALUE, "≥84%") > weight(Kind.VALUE, ">84%")
    assert weight(Kind.LABEL, "数量指标") > weight(Kind.LABEL, "数童指标")


@pytest.mark.parametrize("read", ["(质量指标", "质量指标）"])
def test_a_bracket_alone_beside_a_label_may_be_dirt(read: str) -> None:
    tried = [(read, 0.0), *variants(Kind.LABEL, read, 0.0)]
    assert max(tried, key=lambda found: found[1] + weight(Kind.LABEL, found[0]))[0] == "质量指标"
    assert list(variants(Kind.LABEL, "（质量）指标", 0.0)) == []


def test_recognised_lines_are_folded_and_those_of_a_text_layer_are_not() -> None:
    title = TextLine("項目支出绩效目标表", Box(0, 0, 90, 10), 0.9, READER)
    other = replace(title, text="编制单位")
    recognised = replace(goal_page("达到预期效果", "≥90%"), lines=(title, other))
    typed = replace(goal_page("提高決策水平", route=Route.TEXT), lines=(title,))
    read = reread([recognised, typed])
    assert read[0].lines == (replace(title, text="项目支出绩效目标表"), other)
    assert read[1].lines == (title,)
    assert read[1] == typed


@pytest.mark.parametrize(("others", "folded"), [(19, True), (18, False)])
def test_a_twentieth_of_the_characters_may_be_traditional(others: int, folded: bool) -> None:
    """18 others and one are 19, of which a twentieth is less than one."""
    cell = Cell(0, 0, 1, 1, Box(0, 0, 9, 9), "決" + "策" * others, 0.99, READER)
    table = PageTable(cell.box, (cell,), "raster-ruled")
    pages = [replace(goal_page(), tables=(table,))]
    assert (with_simplified_texts(pages)[0].tables[0].cells[0].text[0] == "决") is folded


def test_the_evidence_of_a_cell() -> None:
    doubtful = line({">": 0.55, "≥": 0.4}, {"9": 0.99}, {"5": 0.99}, {"%": 0.99})
    cell = Cell(0, 0, 1, 1, Box(0, 0, 1, 1), "≥95%", 0.8, READER, ("under-seal",), (doubtful,))
    found = evidence(cell, Kind.VALUE, 0.25)
    assert found == pytest.approx(
        {
            "choice": log(4),
            "reader": log(0.55 / 0.45),
            "sure": 0.0,
            "changed": 1.0,
            "known": 0.0,
            "unlikely": 0.0,
            "length": log(5),
            "empty": 0.0,
            "page-doubt": 0.25,
            "under-seal": 1.0,
            "ink-not-read": 0.0,
            "crosses-edge": 0.0,
            "lone-mark": 0.0,
            "operator-unreadable": 0.0,
            "operator-suspect": 0.0,
        }
    )
    strict = evidence(replace(cell, text=">95%", lines=()), Kind.VALUE, 0.25)
    assert (strict["changed"], strict["unlikely"], strict["reader"]) == (0.0, 4.0, strict["choice"])
    word = evidence(replace(cell, text="数量指标", confidence=0.998, lines=()), Kind.LABEL, 0.0)
    assert (word["known"], word["sure"], word["unlikely"]) == (1.0, 1.0, 0.0)
    blank = evidence(replace(cell, text="", confidence=0.0, lines=()), Kind.VALUE, 0.0)
    assert (blank["empty"], blank["length"]) == (1.0, 0.0)
    assert blank["choice"] == pytest.approx(log(1e-5 / (1 - 1e-5)))
    certain = evidence(replace(cell, confidence=1.0, lines=()), Kind.VALUE, 0.0)
    assert certain["choice"] == pytest.approx(-blank["choice"])


def test_the_confidence_is_a_logistic_of_the_evidence_and_never_certain() -> None:
    weights = load_toml("confidence.toml")["readers"][READER]
    found = {"choice": 1.5, "length": 1.0, "empty": 1.0}
    score = weights["intercept"] + 1.5 * weights["choice"] + weights["length"]
    score += weights.get("empty", 0.0)
    assert confidence(found, READER) == pytest.approx(1 / (1 + exp(-score)))
    assert confidence({"choice": 1000.0}, READER) == 0.9995


def test_the_doubt_of_a_page_is_the_share_of_its_printed_cells_that_were_not_sure() -> None:
    assert page_doubt(goal_page("≥95%")) == 0  # read with 0.9999
    doubtful = line({">": 0.55, "≥": 0.4}, {"9": 0.99}, {"5": 0.99}, {"%": 0.99})
    assert page_doubt(goal_page(doubtful)) == pytest.approx(1 / 8)  # 4 heads and 4 cells
    sure = goal_page("≥95%")
    cells = sure.tables[0].cells
    changed = (replace(cells[0], confidence=0.9979), replace(cells[1], confidence=0.998), *cells[2:-1])
    table = replace(sure.tables[0], cells=(*changed, replace(cells[-1], text="", confidence=0.1)))
    assert page_doubt(replace(sure, tables=(table,))) == pytest.approx(1 / 7)  # blank ones do not count
    assert page_doubt(replace(sure, tables=())) == 0


def test_the_confidence_of_a_choice_is_its_share_of_all_that_the_lines_may_say() -> None:
    sure = LineReading("有效提高", (0.97, 0.98, 0.99, 0.99))
    doubtful = line({"水": 0.6, "木": 0.4}, {"平": 0.9, "年": 0.1})
    drawn = goal_page("读作", "≥90%")
    table = drawn.tables[0]
    at = next(k for k, cell in enumerate(table.cells) if cell.text == "读作")

    def chosen(*lines: LineReading) -> Cell:
        cell = replace(table.cells[at], text="有效提高水平", confidence=0.6, lines=lines)
        cells = (*table.cells[:at], cell, *table.cells[at + 1 :])
        changed = replace(drawn, tables=(replace(table, cells=cells),))
        return with_likeliest_texts([changed])[0].tables[0].cells[at]

    read = chosen(sure, doubtful)
    assert doubtful.hypotheses is not None
    tried = [("有效提高" + text, score) for text, score in n_best(doubtful.hypotheses)]
    weighed = {text: exp(score + weight(Kind.VALUE, text)) for text, score in tried}
    untried = 1 - sum(exp(score) for _, score in tried)
    assert (read.text, read.flags) == ("有效提高水平", ())
    assert read.confidence == pytest.approx(weighed[read.text] / (sum(weighed.values()) + untried), abs=1e-6)
    # Never surer than a line that was read without doubt.
    assert chosen(replace(sure, probabilities=(0.3,)), doubtful).confidence == 0.3


def test_the_confidence_of_a_reading_that_cannot_be_right_is_shared_with_what_it_may_be() -> None:
    (read, *_) = values(with_likeliest_texts([goal_page("z95%", "≥90%")]))
    tried = [("z95%", 0.0), *variants(Kind.VALUE, "z95%", 0.0)]
    weighed = {text: exp(score + weight(Kind.VALUE, text)) for text, score in tried}
    assert (read.text, read.flags) == ("≥95%", ("reading-repaired",))
    assert read.confidence == pytest.approx(weighed["≥95%"] / sum(weighed.values()))


def test_a_line_that_is_all_of_its_cell_may_be_a_word_of_the_form() -> None:
    """The beam does not hold 数量指标: its first character is the fourteenth likeliest."""
    others = dict.fromkeys("教敌散敬敏救敢敦敞敷", 0.07)
    doubtful = line({**others, "数": 0.05}, {"量": 0.9}, {"指": 0.9}, {"标": 0.9})
    alone = with_likeliest_texts([page(("产出指标", doubtful, "资金发放准确率", "≥95%"))])
    cell = alone[0].tables[0].cells[5]
    assert cell.text == "数量指标"
