"""Show what lies in an output folder: one row a document, then the indicators a person should look at.

    python docs/examples/show_dataset.py OUT

The same data stands in OUT/dataset/*.csv; ``load_records`` gives it as typed pandas tables.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from goaltables import load_records


def show(out: Path) -> None:
    records = load_records(out)
    console = Console()
    table = Table(title=f"{out}/dataset/documents.csv")
    for name in ("path", "status"):
        table.add_column(name, overflow="fold")  # never cut what a person must read
    for name in ("pages", "tables", "indicators", "findings", "review"):
        table.add_column(name, justify="right")
    for row in records["documents"].itertuples():
        status = str(row.status) if row.status != "failed" else f"failed: {row.error_class}"
        counts = (row.page_count, row.tables, row.indicators, row.findings, row.needs_review)
        table.add_row(str(row.path), status, *map(str, counts))
    console.print(table)

    indicators = records["indicators"]
    completed = indicators[indicators["name_status"] == "completed"].drop_duplicates("full_name")
    names = Table(title="names cut by their column, completed (indicators.csv: name, full_name)")
    names.add_column("name 印出", overflow="fold")
    names.add_column("full_name 补全", overflow="fold")
    names.add_column("value 指标值")
    for row in completed.itertuples():
        names.add_row(str(row.name), str(row.full_name), str(row.value_text))
    console.print(names)

    findings = records["findings"]
    counted = findings.groupby(["severity", "code"]).size().reset_index(name="count")
    codes = Table(title="findings.csv by code (docs/findings.md)")
    for name in ("severity", "code", "count"):
        codes.add_column(name, justify="right" if name == "count" else "left")
    for row in counted.itertuples(index=False):
        codes.add_row(str(row[0]), str(row[1]), str(row[2]))
    console.print(codes)
    console.print(f"records: {out}/documents/   dataset: {out}/dataset/   ledger: {out}/ledger.sqlite")


if __name__ == "__main__":
    show(Path(sys.argv[1]))
