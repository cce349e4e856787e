"""Cut names: completed where the evidence is good, flagged where not, untouched where nothing is cut."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goaltables.normalizers.names.indicator_name import Completion, complete_name, complete_names
from goaltables.normalizers.names.known_texts import KnownText, document_index
from goaltables.normalizers.names.name_evidence import NameRow, as_meant

# The 三级指标 of the seed's table (特克斯县阔克苏乡 2022), cut at 20 characters: label, unit, names.
_SEED = (
    ("数量指标", "人", "保障工资福利发放人数", "保障村干部、大学生村官、村民小组长发放人"),
    ("数量指标", "次", "村干部、大学生村官、村民小组长工资发放次"),
    ("数量指标", "人", "保障为民办实事补助发放人数"),
    ("数量指标", "次", "为民办实事补助发放次数", "三老四类人员补助发放次数"),
    ("数量指标", "人", "保障三老四类人员补助发放人数", "保障马场社区聘用人员工资及社保发放人数"),
    ("数量指标", "个", "阔克苏乡支出总单位", "村社区支出个数"),
    ("质量指标", "%", "工资及公用经费保障率", "三老四类补助发放准确率"),
    ("质量指标", "%", "村干部、小组长大学生村官工资及社保发放准", "为民办实事补助发放准确率"),
    ("质量指标", "%", "社区聘用人员工资及社保发放保障率", "为民办实事村（社区）公用经费发放保障率"),
    ("时效指标", "%", "资金发放及时性", "三老四类补助发放及时性"),
    ("时效指标", "%", "村干部、小组长大学生村官工资及社保发放及", "为民办实事补助发放及时性"),
    ("时效指标", "%", "马场社区聘用人员工资及社保支出及时性", "为民办实事村（社区）公用经费支出及时性"),
    ("成本指标", "万元", "人均支出标准", "人均运转经费数", "三老四类补助每次发放金额"),
    ("成本指标", "万元", "村干部、大学生村官、村民小组长工资每次发", "为民办实事人员补助每次发放金额"),
    ("成本指标", "万元", "马场社区聘用人员工资及社保支出标准", "为民办实事村平均工作费"),
    ("社会效益指标", "@qual", "提升本县乡村治理体系", "保障本县农村集体经济健康发展"),
    ("满意度指标", "%", "干部职工满意度", "游客满意度", "村干部满意度", "三老四类人员满意度"),
)
_TAILS = {
    "保障村干部、大学生村官、村民小组长发放人": "数",
    "村干部、大学生村官、村民小组长工资发放次": "数",
    "村干部、小组长大学生村官工资及社保发放准": "确率",
    "村干部、小组长大学生村官工资及社保发放及": "时性",
    "村干部、大学生村官、村民小组长工资每次发": "放金额",
}


def _seed_rows() -> list[NameRow]:
    return [NameRow(name, label, unit=unit) for label, unit, *names in _SEED for name in names]


def test_the_five_cut_names_of_the_seed_are_completed_and_no_other_is_touched() -> None:
    rows = _seed_rows()
    for row, found in zip(rows, complete_names(rows), strict=True):
        tail = _TAILS.get(row.name)
        assert found.full_name == row.name + (tail or "")
        assert found.status == ("completed" if tail else "printed")


def test_names_that_nobody_has_seen_are_completed_from_their_table() -> None:
    """A column cut at 16, which is no known width: two names break off there."""
    cut_count, cut_rate = "偏远牧区寄宿学生营养餐补助发放人", "偏远牧区寄宿学生营养餐补助发放准"
    rows = [
        NameRow(cut_count, "数量指标", unit="人"),
        NameRow("护边员执勤补助发放人数", "数量指标", unit="人"),
        NameRow("护边员执勤补助发放准确率", "质量指标", unit="%"),
        NameRow(cut_rate, "质量指标", unit="%"),
    ]
    assert [found.full_name for found in complete_names(rows)] == [
        cut_count + "数",
        rows[1].name,
        rows[2].name,
        cut_rate + "确率",
    ]


@pytest.mark.parametrize(("level2", "unit"), list(product(["质量指标", "quality", None], ["%", None])))
def test_a_cut_zhun_never_becomes_a_standard(level2: str | None, unit: str | None) -> None:
    found = complete_name("大学生村官工资及社保发放准", level2=level2, unit=unit)
    assert found.full_name.endswith(("发放准确率", "发放准"))
    assert "发放标准" not in found.full_name
    assert all("发放标准" not in name for name, _ in found.alternatives)


@pytest.mark.parametrize("tail", ["时率", "时性"])
def test_siblings_decide_between_two_heads(tail: str) -> None:
    """及时率 and 及时性 are as usual everywhere; a table keeps to one of them."""
    cut = NameRow("护边员误工补偿发放及", "时效指标", unit="%", is_clipped=True)
    whole = [
        NameRow(f"{kind}发放及{tail}", "时效指标", unit="%") for kind in ("补助", "工资", "津贴", "慰问金")
    ]
    assert complete_names([cut, *whole])[0].full_name == cut.name + tail
    found = complete_name(cut.name, level2=cut.level2, unit="%", siblings=[row.name for row in whole])
    ranked = [found.full_name, *(name for name, _ in found.alternatives)]
    assert next(name for name in ranked if name != cut.name) == cut.name + tail


def test_where_no_tail_stands_out_the_name_stays_and_the_tails_are_kept() -> None:
    found = complete_name("某某县三老四类")
    assert (found.status, found.full_name) == ("doubtful", "某某县三老四类")
    assert len(found.alternatives) >= 2
    assert all(name.startswith(found.full_name) for name, _ in found.alternatives)


def test_the_likeliest_tail_that_is_not_sure_is_offered_as_doubtful() -> None:
    found = complete_name("某某工程项目完成及", level2="时效指标", unit="%")
    assert found.status == "doubtful"
    assert (found.full_name, found.probability) == found.alternatives[0]
    assert {name[-2:] for name, _ in found.alternatives[:2]} == {"时率", "时性"}


def test_a_whole_name_is_left_as_printed_even_when_it_may_be_cut() -> None:
    assert complete_name("三老四类人员满意度", level2="满意度指标", unit="%").status == "printed"
    assert complete_name("").status == "printed"


def test_a_misread_character_does_not_hide_the_tail_and_stays_as_printed() -> None:
    cut = "村干部、小组长大学生村官工资及社保友放准"
    found = complete_name(cut, level2="质量指标", unit="%")
    assert found.full_name == cut + "确率"


def test_twenty_characters_alone_are_no_evidence() -> None:
    names = ("全县城镇公共区域保洁人员补贴发放及时率", "城乡公共交通运营线路停靠站点日常巡查次数")
    rows = [NameRow(("某" + name)[-20:], "质量指标", unit="%") for name in names]
    assert {len(row.name) for row in rows} == {20}
    assert {found.status for found in complete_names(rows)} == {"printed"}


def test_nothing_is_completed_where_a_longer_name_stands_in_the_column() -> None:
    longer = NameRow("村干部、大学生村官、村民小组长工资及社会保险发放及时性", "时效指标", unit="%")
    assert {found.status for found in complete_names([*_seed_rows(), longer])} == {"printed"}


def test_a_longer_name_in_another_table_of_the_document_disproves_nothing() -> None:
    longer = NameRow("村干部、大学生村官、村民小组长工资及社会保险发放及时性", "时效指标", unit="%", table=1)
    found = complete_names([*_seed_rows(), longer])
    assert sum(c.status == "completed" for c in found) == len(_TAILS)
    assert found[-1].status == "printed"


def test_the_edge_of_the_page_is_evidence_at_any_width() -> None:
    row = NameRow("资金发放准", "质量指标", unit="%", is_clipped=True)
    (found,) = complete_names([row])
    assert found.full_name == "资金发放准确率"
    (untouched,) = complete_names([NameRow("资金发放准", "质量指标", unit="%")])
    assert untouched.status == "printed"


def test_a_document_without_names_has_no_completions() -> None:
    assert complete_names([]) == ()


def _is_sound(name: str, found: Completion) -> bool:
    shares = [share for _, share in found.alternatives]
    return (
        found.full_name.startswith(name)
        and (found.status == "printed") <= (found.full_name == name)
        and (found.status == "completed") <= (found.full_name != name)
        and (found.status != "doubtful" or found.full_name in (name, *dict(found.alternatives[:1])))
        and 0 <= found.probability <= 1
        and sum(shares) <= 1 + 1e-9
        and shares == sorted(shares, reverse=True)
    )


_TEXT = st.one_of(st.text(max_size=24), st.text("补助发放及时准确率人数资金满意度次", max_size=24))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    _TEXT,
    st.sampled_from([None, "质量指标", "成本指标", "不是指标"]),
    st.sampled_from([None, "%", "元/人", "?"]),
)
def test_completing_is_total_and_only_ever_adds_a_tail(
    name: str, level2: str | None, unit: str | None
) -> None:
    assert _is_sound(name, complete_name(name, level2=level2, unit=unit))


@settings(derandomize=True, max_examples=20, deadline=None)
@given(st.lists(_TEXT, max_size=6))
def test_a_document_gets_one_sound_answer_for_each_row(names: list[str]) -> None:
    found = complete_names([NameRow(name, "质量指标", unit="%") for name in names])
    assert all(_is_sound(name, completion) for name, completion in zip(names, found, strict=True))


def test_completed_names_are_not_completed_again() -> None:
    rows = _seed_rows()
    whole = [
        NameRow(found.full_name, row.level2, unit=row.unit)
        for row, found in zip(rows, complete_names(rows), strict=True)
    ]
    assert {found.status for found in complete_names(whole)} == {"printed"}


def test_a_word_that_stands_in_the_documents_other_texts_is_completed_from_there() -> None:
    row = NameRow("全县石榴籽宣讲轻骑", "数量指标", unit="人", is_clipped=True)
    (alone,) = complete_names([row])
    (in_document,) = complete_names([row], ["石榴籽宣讲轻骑兵补助", "支持轻骑兵宣讲。"])
    assert not any(name.startswith(row.name + "兵") for name, _ in alone.alternatives)
    ranked = [in_document.full_name, *(name for name, _ in in_document.alternatives)]
    assert next(name for name in ranked if name != row.name).startswith(row.name + "兵")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        (
            "大学生村官工资及社保友放准",
            "大学生村官工资及社保发放准",
        ),  # one character before the last is misread
        ("大学生村官工资及社保发放准", "大学生村官工资及社保发放准"),
        ("大学生村官工资及社保友敖准", "大学生村官工资及社保友敖准"),  # two are
        ("甲乙丙丁戊", "甲乙丙丁戊"),
    ],
)
def test_a_misread_character_is_put_right_only_to_look_the_name_up(name: str, meant: str) -> None:
    assert as_meant(name, document_index([KnownText("三老四类社保发放准确率")])) == meant


def test_a_name_of_another_table_is_no_repetition() -> None:
    cut = NameRow("护边员补助发放准", "质量指标", unit="%", is_clipped=True)
    whole = NameRow("护边员补助发放准确率", "质量指标", unit="%")
    in_other = complete_names([replace(cut, table=0), replace(whole, table=1)])[0]
    in_same = complete_names([replace(cut, table=0), replace(whole, table=0)])[0]
    assert in_other.full_name == whole.name
    shares = dict(in_same.alternatives) | {in_same.full_name: in_same.probability}
    assert shares.get(whole.name, 0.0) < in_other.probability
