"""Write OUT/dataset from the records of OUT and what people decided about them: ``*.csv`` and
``datapackage.json``, other formats on request.

All files of a dataset come from the same records: a format that was exported once is written again with
every later export, until somebody removes its files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from goaltables.errors import UsageError
from goaltables.pipeline.batch.out_layout import DATASET, PACKAGE
from goaltables.pipeline.batch.write import staged
from goaltables.pipeline.dataset.columns import Rows
from goaltables.pipeline.dataset.formats import FORMATS, format_writer
from goaltables.pipeline.dataset.package import describe
from goaltables.pipeline.dataset.records import read_records
from goaltables.pipeline.dataset.reviewed import reviewed_rows
from goaltables.pipeline.dataset.rows import with_panel
from goaltables.pipeline.messages import say
from goaltables.pipeline.review.publication import Reviews

ALWAYS = "csv"


def export_dataset(out: Path, formats: Sequence[str] = ()) -> list[Path]:
    """Write OUT/dataset in CSV, in `formats` and in every format that lies there already.

    Only whoever holds OUT may call this.

    Returns:
        The files written, sorted.

    Raises:
        UsageError: a format that does not exist, or a record that cannot be read.
        OutputError: OUT cannot be written.

    """
    folder = out / DATASET
    chosen = _chosen(folder, formats)
    with Reviews(out) as reviews:
        with staged(folder) as fresh:
            write_formats(fresh, chosen, with_panel(reviewed_rows(read_records(out), reviews)))
            package = json.dumps(describe(), ensure_ascii=False, indent=1)
            (fresh / PACKAGE).write_bytes(package.encode() + b"\n")
            names = sorted(path.name for path in fresh.iterdir())
        reviews.written()
    return [folder / name for name in names]


def write_formats(folder: Path, formats: Iterable[str], rows: Iterable[Rows]) -> None:
    """Write the rows into `folder` in each of the formats, all in one pass."""
    with ExitStack() as stack:
        writers = []
        for name in formats:
            writer = format_writer(name, folder)
            stack.callback(writer.close)
            writers.append(writer)
        for part in rows:
            for writer in writers:
                writer.put(part)


def _chosen(folder: Path, formats: Sequence[str]) -> list[str]:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise UsageError(say("format-unknown", name=unknown[0], known=", ".join(FORMATS)))
    return [
        name
        for name, (_, mark) in FORMATS.items()
        if name == ALWAYS or name in formats or (folder / mark).is_file()
    ]
