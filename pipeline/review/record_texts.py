"""The texts of a record that a person may correct, and how one is set.

A goal table is read as entities (its head, a line of money, an indicator …), each with texts under names of
the published model. `FieldPath` names one of them; `role` is its kind whatever the row:
``indicator.value_text``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel

from goaltables.document import BudgetRow, CellSource, ExecutionRow, GoalTable
from goaltables.normalizers.understanding.amount_blocks import EXECUTION_ROWS, money_kind

Group: TypeAlias = Literal["table", "field", "budget", "execution", "evaluation", "indicator", "cell"]

# In the order in which the forms print them: it decides between columns that nothing else tells apart.
TABLE_NAMES: Final = ("title", "organization", "project", "amount_unit", "annual_goal", "midterm_goal")
BUDGET_NAMES: Final = ("name", "content", "total", "fiscal", "carry", "other")
EXECUTION_NAMES: Final = ("name", "initial", "adjusted", "executed", "weight", "rate", "score")
EVALUATION_NAMES: Final = ("total_score", "completion")
INDICATOR_NAMES: Final = (
    *("level1", "level2", "name", "weight", "value_text"),
    *("actual_text", "score", "deviation"),
)


@dataclass(frozen=True, slots=True)
class FieldPath:
    """One text of a document record: the table's number, the group, the row in it (0: it has none)."""

    table: int
    group: Group
    index: int
    name: str

    @property
    def role(self) -> str:
        """The kind of text, the same for every row: ``budget.total``; a label's value is ``field``."""
        return "field" if self.group == "field" else f"{self.group}.{self.name}"


@dataclass(frozen=True, slots=True)
class Entity:
    """The texts of one row ("" where the page is blank).

    `source` are its cells, and `label` the printed label it stands behind; of the head of a table the record
    says neither.
    """

    texts: tuple[tuple[FieldPath, str], ...]
    source: tuple[CellSource, ...] = ()
    label: str = ""

    @property
    def is_row(self) -> bool:
        """Whether its texts stand in columns that other rows share."""
        return bool(self.source or self.label) and self.texts[0][0].group != "field"


def entities_of(table: GoalTable, number: int) -> Iterator[Entity]:
    """Everything the table says, entity by entity, in the order of the page."""

    def entity(
        group: Group,
        row: BaseModel,
        names: Sequence[str],
        index: int = 0,
        source: Sequence[CellSource] = (),
        label: str = "",
    ) -> Entity:
        texts = [(FieldPath(number, group, index, name), getattr(row, name) or "") for name in names]
        return Entity(tuple(texts), tuple(source), label)

    yield entity("table", table, TABLE_NAMES)
    for label, text in table.fields.items():
        yield Entity(((FieldPath(number, "field", 0, label), text),), label=label)
    evaluation = table.self_evaluation
    # The money of a self-evaluation is one block, printed once and published twice, as budget and execution.
    # It is corrected as execution; `with_texts` leads it on to the budget.
    if evaluation is None or not evaluation.execution:
        for index, line in enumerate(table.budget):
            yield entity("budget", line, BUDGET_NAMES, index, line.source)
    if evaluation is not None:
        for index, row in enumerate(evaluation.execution):
            yield entity("execution", row, EXECUTION_NAMES, index, label=row.name)
        yield entity("evaluation", evaluation, EVALUATION_NAMES)
    for index, indicator in enumerate(table.indicators):
        yield entity("indicator", indicator, INDICATOR_NAMES, index, indicator.source)


def with_texts(table: GoalTable, texts: Mapping[FieldPath, str | None]) -> GoalTable:
    """The table with some of its texts replaced; None (nobody can read it) leaves the text blank.

    A name that nobody can read stays as the machine read it: a record without a name cannot be told apart.
    """
    update: dict[str, Any] = {}
    fields = dict(table.fields)
    rows: dict[str, list[Any]] = {
        "budget": list(table.budget),
        "indicator": list(table.indicators),
        "execution": list(table.self_evaluation.execution) if table.self_evaluation else [],
    }
    evaluation: dict[str, Any] = {}
    for path, text in texts.items():
        if path.name in ("name", "full_name") and not text:
            continue
        match path.group:
            case "table":
                update[path.name] = text or None
            case "field":
                fields[path.name] = text or ""
            case "evaluation":
                evaluation[path.name] = text or None
            case "budget" | "indicator" | "execution":
                row = rows[path.group][path.index]
                rows[path.group][path.index] = row.model_copy(update={path.name: text or None})
                if path.group == "execution":
                    _lead_on(rows["budget"], row, path.name, text or None)
            case "cell":
                pass  # a cell that went into no record: only the cell itself changes
    update |= {"fields": fields, "budget": rows["budget"], "indicators": rows["indicator"]}
    if table.self_evaluation is not None:
        evaluation["execution"] = rows["execution"]
        update["self_evaluation"] = table.self_evaluation.model_copy(update=evaluation)
    return table.model_copy(update=update)


def _lead_on(budget: list[BudgetRow], row: ExecutionRow, name: str, text: str | None) -> None:
    """Set the amount of the budget that the same cell of the execution block prints."""
    kind = money_kind(row.name)
    if kind not in BUDGET_NAMES or name not in EXECUTION_ROWS:
        return
    for index, line in enumerate(budget):
        if line.name == EXECUTION_ROWS[name] and getattr(line, kind) == getattr(row, name):
            budget[index] = line.model_copy(update={kind: text})
