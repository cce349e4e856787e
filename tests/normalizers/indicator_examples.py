"""Indicators for each check of values and names."""

from __future__ import annotations

from check_tables import Examples, indicator, listed, table

EXAMPLES: dict[str, Examples] = {
    "duplicate-indicator": (
        [listed(indicator("发放人数"), indicator("发放 人数", "≥3人"))],
        [
            listed(indicator("发放人数"), indicator("发放人数", level2="质量指标")),
            listed(indicator("发放人数"), indicator("发放人数", horizon="mid_term")),
            listed(indicator("发放人", full_name="发放人数"), indicator("发放人", full_name="发放人次")),
        ],
        [],
        [table()],
    ),
    "mixed-operators": (
        [
            listed(indicator("甲", "≥5人"), indicator("乙", ">=5人")),
            listed(indicator("甲", "≤5人"), indicator("乙", "＞＝5人")),
        ],
        [listed(indicator("甲", "≥5人"), indicator("乙", "≤5人"), indicator("丙", "=5人"))],
        [],
        [listed(indicator("甲", "5人"))],
    ),
    "rate-above-100": (
        [listed(indicator("满意度", "292%"))],
        [listed(indicator("满意度", "100%以上")), listed(indicator("收入", "增长120%"))],
        [],
        [table()],
    ),
    "value-placeholder": (
        [
            listed(indicator("甲", "≥**个")),
            listed(indicator("甲", "≥%")),
            listed(indicator("游客满意度(≥**%)")),
        ],
        [
            listed(indicator("甲")),
            *(listed(indicator("甲", text)) for text in ("提升", "80%~90%", "1:3", "》 亩")),
        ],
        [],
        [table()],
    ),
    "value-is-scale": ([listed(indicator("甲", "优良中差"))], [listed(indicator("甲", "优"))], [], [table()]),
    "value-unparsed": ([listed(indicator("甲", "》 亩"))], [listed(indicator("甲", "有效"))], [], [table()]),
    "unit-missing": (
        [listed(indicator("甲", ">=85"))],
        [listed(indicator("甲", "≤0")), listed(indicator("甲", "85人"))],
        [],
        [table()],
    ),
    "satisfaction-unit": (
        [listed(indicator("群众满意度", "≥95人"))],
        [listed(indicator("群众满意度", "≥95%")), listed(indicator("群众满意度", "≥85分"))],
        [],
        [listed(indicator("人数", "≥95人")), listed(indicator("群众满意度", "95"))],
    ),
    "operator-direction": (
        [
            listed(indicator("成本", "≥5万元", direction="lower")),
            listed(indicator("合格率", "≤98%", direction="higher")),
        ],
        [
            listed(indicator("成本", "≤5万元", direction="lower")),
            listed(indicator("数", "=5个", direction="higher")),
        ],
        [],
        [
            listed(indicator("成本", "≥5万元")),
            listed(indicator("数", "=5个", direction="equal")),
            listed(indicator("节约运维成本", "≥5万元", direction="lower")),
            listed(indicator("信访事件数", "≤1件", direction="higher")),
        ],
    ),
    "year-mismatch": (
        [listed(indicator("完成时间", "2021年11月30日前"))],
        [
            listed(indicator("完成时间", "2022年11月30日前")),
            listed(indicator("完成时间", "11月底前")),
            listed(indicator("实施期", "2021年-2023年")),
        ],
        [listed(indicator("完成时间", "2021年11月30日前"), fiscal_year=None)],
        [listed(indicator("甲")), listed(indicator("完成时间", "2024年底前", horizon="mid_term"))],
    ),
    "few-quantified": (
        [listed(indicator("甲"), indicator("乙", "有效"), indicator("丙", "及时"))],
        [listed(indicator("甲"), indicator("乙", "有效"))],
        [],
        [table()],
    ),
    "level1-missing": (
        [listed(indicator("甲"))],
        [listed(indicator("甲"), indicator("乙", level1_id="benefit"))],
        [listed(indicator("甲", level1_id=None))],
        [table(), listed(indicator("甲", level1_id="management"))],
    ),
    "satisfaction-missing": (
        [listed(indicator("甲"))],
        [listed(indicator("群众满意度")), listed(indicator("甲", level1_id="satisfaction"))],
        [],
        [table()],
    ),
    "unit-head-mismatch": (
        [
            listed(indicator("补助发放人数", "=42个", head_id="H:renshu")),
            listed(indicator("补助发放准确率", "≥1人", head_id="H:zhunquelv")),
        ],
        [
            listed(indicator("补助发放人数", "≥3万人", head_id="H:renshu")),
            listed(
                indicator("设备购置数量", "≥3台", head_id="H:shuliang"),
                indicator("补助发放人数", "8人", head_id="H:renshu"),
            ),
        ],
        [],
        [
            table(),
            listed(indicator("设备购置数量", "≥3台", head_id="H:shuliang")),
            listed(indicator("补助发放人数", "42", head_id="H:renshu")),
            listed(indicator("补助发放人数", "=42个", head_id="H:renshu", name_status="doubtful")),
        ],
    ),
    "satisfaction-goal": (
        [listed(indicator("群众满意度", "≥70%")), listed(indicator("群众满意度", "=100%"))],
        [listed(indicator("群众满意度", "≥80%")), listed(indicator("群众满意度", "≥99.5%"))],
        [],
        [listed(indicator("准确率", "=100%")), listed(indicator("群众满意度", "满意"))],
    ),
    "zero-goal": (
        [listed(indicator("补助发放人数", "≥0人", direction="higher"))],
        [listed(indicator("补助发放人数", "≥1人", direction="higher"))],
        [],
        [
            listed(indicator("安全事故发生数", "0起", direction="higher")),
            listed(indicator("设备故障率", "0%", direction="lower")),
        ],
    ),
    "phrase-for-quantity": (
        [listed(indicator("道路建设", "全部完成", level2_id="quantity"))],
        [listed(indicator("道路建设", "3公里", level2_id="quantity"))],
        [],
        [listed(indicator("乡村治理", "有效提升", level2_id="social"))],
    ),
    "value-in-name": (
        [listed(indicator("群众满意度95%以上")), listed(indicator("村组干部230人", "230"))],
        [listed(indicator("2022年补助发放人数", "3人")), listed(indicator("第3方服务", "3次"))],
        [],
        [table()],
    ),
    "name-is-label": (
        [listed(indicator("满意度")), listed(indicator("质量指标"))],
        [listed(indicator("群众满意度")), listed(indicator("质量指标", reasons=["name-is-label"]))],
        [],
        [table()],
    ),
    "level-mismatch": (
        [
            listed(indicator("甲", level2="社会效益指标", level2_id="social")),
            listed(indicator("甲", level1=None, level2="社会效益指标", level2_id="social")),
        ],
        [listed(indicator("甲", level2_id="quantity"))],
        [],
        [listed(indicator("甲", level2_id=None))],
    ),
    "template-residue": (
        [listed(indicator("游客满意度"), annual_goal="保障乡镇运转")],
        [
            listed(indicator("游客满意度"), annual_goal="接待游客一万人次"),
            listed(indicator("学生满意度"), indicator("资助学生人数", "3人"), annual_goal="资助"),
        ],
        [listed(indicator("游客满意度"))],
        [listed(indicator("干部职工满意度"), annual_goal="保障乡镇运转"), table()],
    ),
    "pay-frequency": (
        [listed(indicator("护边员补助发放次数", "≥6次"), goal_items=["护边员补助按月足额发放"])],
        [listed(indicator("护边员补助发放次数", "=12次"), goal_items=["护边员补助按月足额发放"])],
        [],
        [
            listed(indicator("护边员补助发放次数", "≥6次"), goal_items=["护边员补助足额发放"]),
            listed(indicator("护林员补助发放次数", "≥6次"), goal_items=["环卫工资按月足额发放"]),
            listed(indicator("护边员巡查次数", "≥6次"), goal_items=["护边员补助按月足额发放"]),
        ],
    ),
}
