"""What the form did not explain: cells that went into no record are listed, never dropped."""

from __future__ import annotations

from collections.abc import Sequence

from goaltables.document import Finding
from goaltables.normalizers.findings import make_finding
from goaltables.normalizers.understanding.grid_head import Head
from goaltables.normalizers.understanding.indicator_rows import is_residue
from goaltables.normalizers.understanding.joined_table import JoinedTable, Placed, source_of


def unassigned_cells(
    table: JoinedTable, used: set[int], heads: Sequence[Head], totals: Sequence[int]
) -> list[Placed]:
    """What the form did not explain: every cell that went into no record."""
    return [p for p in table.placed if p.text and id(p.cell) not in used and not _explained(p, heads, totals)]


def unassigned_finding(unassigned: Sequence[Placed]) -> list[Finding]:
    """One finding with every cell that went into no record; none when there is none."""
    if not unassigned:
        return []
    texts = ["".join(p.text.split())[:20] for p in unassigned[:5]]
    sources = [source_of(p) for p in unassigned]
    return [make_finding("unassigned-cell", f"{len(sources)}: {'; '.join(texts)}", sources)]


def _explained(p: Placed, heads: Sequence[Head], totals: Sequence[int]) -> bool:
    """Whether a cell is part of the form's frame: heads, side labels, totals, unpublished columns."""
    head = max((h for h in heads if h.first <= p.end_row - 1), key=lambda h: h.first, default=None)
    if head is None:
        return False
    if head.first <= p.row <= head.last or p.row in totals or is_residue(p.text):
        return True
    beside = bool(head.columns) and p.end_col <= min((c.col for c in head.columns if c.role), default=0)
    kept = any(
        c.role in ("description", "standard", "direction", "sequence") and c.col <= p.col < c.end
        for c in head.columns
    )
    return beside or kept
