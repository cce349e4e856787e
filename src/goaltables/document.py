"""The published document record (docs/contract.md): one definition of everything that is written.

Numbers are decimal strings, never floats. Texts are as printed. A record holds no time stamp and no
absolute path, so the same input, version and configuration give the same bytes.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

SCHEMA_VERSION = "1.1"

BBox: TypeAlias = Annotated[list[float], Field(min_length=4, max_length=4)]
Severity: TypeAlias = Literal["error", "warning", "info"]
Form: TypeAlias = Literal["department_overall", "project", "self_evaluation", "regional_transfer"]
Operator: TypeAlias = Literal["=", ">=", "<=", ">", "<"]
CheckOutcome: TypeAlias = Literal["pass", "finding", "insufficient_data", "not_applicable"]


class Published(BaseModel):
    """Base of every published record: frozen, and closed to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CellSource(Published):
    """The way back to the page: page from 1, box in page units, row and column in the page's piece."""

    page: int
    bbox: BBox
    row: int
    col: int


class Finding(Published):
    """A doubt (疑点): what was found, how bad, and where. `code` is listed in docs/findings.md."""

    code: str
    severity: Severity
    message: str
    source: list[CellSource] = []


class BudgetRow(Published):
    """A line of money. Amounts as printed, null when blank; a total (合计) is a row of its own."""

    name: str
    content: str | None = None
    total: str | None = None
    fiscal: str | None = None
    other: str | None = None
    carry: str | None = None
    source: list[CellSource] = []


class NameAlternative(Published):
    """Another completion of a cut name, with its probability."""

    full_name: str
    probability: float


class Indicator(Published):
    """A performance indicator (三级指标) with its target value."""

    level1: str | None = None
    level2: str | None = None
    level1_id: str | None = None
    level2_id: str | None = None
    name: str
    full_name: str
    name_status: Literal["printed", "completed", "doubtful"] = "printed"
    name_alternatives: list[NameAlternative] = []
    head_id: str | None = None
    vocabulary_id: str | None = None
    value_text: str | None = None
    operator: Operator | None = None
    value: str | None = None
    value_upper: str | None = None
    unit: str | None = None
    unit_id: str | None = None
    base_value: str | None = None
    base_unit: str | None = None
    qualitative: str | None = None
    period_start: str | None = None
    period_end: str | None = None
    horizon: Literal["annual", "mid_term"] = "annual"
    direction: Literal["higher", "lower", "equal"] | None = None
    actual_text: str | None = None
    weight: str | None = None
    score: str | None = None
    deviation: str | None = None
    confidence: float = 1.0
    needs_review: bool = False
    reasons: list[str] = []
    source: list[CellSource] = []


class ExecutionRow(Published):
    """A line of the execution block (执行情况) of a self-evaluation, amounts as printed."""

    name: str
    initial: str | None = None
    adjusted: str | None = None
    executed: str | None = None
    weight: str | None = None
    rate: str | None = None
    score: str | None = None


class SelfEvaluation(Published):
    """The parts that only a self-evaluation (自评表) has. `completion` is the printed 实际完成情况."""

    execution: list[ExecutionRow] = []
    total_score: str | None = None
    completion: str | None = None


class PublishedCell(Published):
    """A cell as it was read."""

    row: int
    col: int
    rowspan: int
    colspan: int
    text: str
    bbox: BBox
    confidence: float
    reader: str


class TablePage(Published):
    """The piece of a table on one page."""

    page: int
    bbox: BBox
    cells: list[PublishedCell]


class GoalTable(Published):
    """A performance goal table (绩效目标表).

    `county` and `division_code` (GB/T 2260) are the organization's where they are certain, else null.
    """

    id: str
    form: Form
    title: str | None = None
    fiscal_year: int | None = None
    organization: str | None = None
    county: str | None = None
    division_code: str | None = None
    project: str | None = None
    amount_unit: str | None = None
    fields: dict[str, str] = {}
    budget: list[BudgetRow] = []
    annual_goal: str | None = None
    midterm_goal: str | None = None
    goal_items: list[str] = []
    indicators: list[Indicator] = []
    self_evaluation: SelfEvaluation | None = None
    findings: list[Finding] = []
    checks: dict[str, CheckOutcome] = {}
    pages: list[TablePage] = []


class DocumentSource(Published):
    """Where the record comes from. `path` is relative to the folder that was given, readable."""

    path: str
    sha256: str
    bytes: int
    media_type: str
    page_count: int


class DocumentFailure(Published):
    """Why nothing could be read. The message says what a person can do."""

    # `class` is the name in the contract, and a keyword in Python.
    error_class: str = Field(
        validation_alias=AliasChoices("class", "error_class"), serialization_alias="class"
    )
    message: str


class DocumentPage(Published):
    """One page of the document as displayed and how it was read."""

    page: int
    width: float
    height: float
    unit: Literal["pt", "px"]
    rotation: int
    route: Literal["text", "ocr"]
    reason: str


class EngineIdentity(Published):
    """What made the record: versions and the hash of every setting that can change a result."""

    goaltables: str
    reader: str
    model: str
    config_sha256: str


class Document(Published):
    """The record of one input."""

    schema_version: str = SCHEMA_VERSION
    status: Literal["ok", "partial", "failed"]
    error: DocumentFailure | None = None
    source: DocumentSource
    pages: list[DocumentPage] = []
    tables: list[GoalTable] = []
    findings: list[Finding] = []
    engine: EngineIdentity

    def to_json(self) -> bytes:
        """The bytes that are written: UTF-8, keys in the order of this file, a final newline."""
        return self.model_dump_json(by_alias=True, indent=1).encode() + b"\n"
