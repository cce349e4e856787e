"""``datapackage.json``: what every file, column and key of the dataset means (Frictionless Data Package).

It describes the CSV files; the other formats have the same tables and columns. It holds no time: the same
records give the same bytes.
"""

from __future__ import annotations

from typing import Any

from goaltables.pipeline.dataset.columns import Column, Table, dataset_table, dataset_tables

SCHEMA_VERSION = "1.1"
# What the columns of the forms mean is laid down here.
REGULATIONS = (
    ("财预〔2015〕88号 中央部门预算绩效目标管理办法", "forms and levels of goal tables"),
    ("财预〔2020〕10号 项目支出绩效评价管理办法", "self-evaluation: weights, scores, execution rate"),
    ("财预〔2021〕101号 核心绩效目标和指标设置及取值指引", "level-1 and level-2 indicator classes"),
)


def describe() -> dict[str, Any]:
    """The descriptor."""
    return {
        "profile": "tabular-data-package",
        "name": "goaltables-dataset",
        "title": "Budget-performance goal tables 预算绩效目标表",
        "description": (
            "Goal tables that departments of Chinese counties published, one row per document, page, table, "
            "line of money, indicator, check and finding. Printed texts and normalised values stand side by "
            "side; every row leads back to a page and a box on it. "
            "中国各级部门公开的预算绩效目标表，原样与规范化值并列，每行均可回溯到页面位置。"
        ),
        "version": SCHEMA_VERSION,
        "keywords": ["绩效目标", "预算", "budget", "performance goals", "open government data"],
        "licenses": [
            {
                "name": "notspecified",
                "title": (
                    "The printed texts and figures are official disclosures; what may be done with them is "
                    "their publishers' to say. 印出的文字与数据为政府公开信息，其使用以发布机关的规定为准。"
                ),
            },
            {
                "name": "Apache-2.0",
                "path": "https://www.apache.org/licenses/LICENSE-2.0",
                "title": (
                    "Structure, column meanings and canonical ids, by goaltables 结构、列说明与规范代号"
                ),
            },
        ],
        "sources": [
            {
                "title": (
                    "The documents listed in documents.csv, each by its path and SHA-256 "
                    "documents.csv 所列文件（路径与 SHA-256）"
                ),
                "path": "documents.csv",
            },
            *({"title": f"{title} ({use})"} for title, use in REGULATIONS),
        ],
        "contributors": [{"title": "goaltables", "role": "wrangler"}],
        "resources": [_resource(table) for table in dataset_tables()],
    }


def _resource(table: Table) -> dict[str, Any]:
    foreign = [_foreign_key(column.name, column.refers) for column in table.columns if column.refers]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "title": table.zh,
        "description": table.en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ",", "doubleQuote": True, "lineTerminator": "\r\n"},
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": [table.key],
            **({"foreignKeys": foreign} if foreign else {}),
        },
    }


def _foreign_key(column: str, refers: str) -> dict[str, Any]:
    return {
        "fields": [column],
        "reference": {"resource": refers, "fields": [dataset_table(refers).key]},
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": column.zh,
        "description": column.en,
    }
    if column.type == "boolean":
        field |= {"trueValues": ["True"], "falseValues": ["False"]}
    constraints = {
        "required": column.required or None,
        "unique": column.key or None,
        "enum": list(column.enum) or None,
        "pattern": column.pattern,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    given = {name: value for name, value in constraints.items() if value is not None}
    return field | ({"constraints": given} if given else {})
