r"""The batch: every input gets a record, nothing is read twice, nothing is lost.

::

    list the inputs -> stat: unchanged? -> hash: known content? -> read in a worker -> record -> ledger
                                                                                        \-> dataset

Only this process writes, one record after the other, each on the disk before the ledger knows it: a run may
be killed at any point and the next one does what is missing.

What becomes of records whose input is gone: a record that holds data stays (a share that is not mounted
tonight must not empty the dataset); a failed one goes, for somebody has mended or removed its input.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from goaltables.pipeline.batch.inputs import InputList, find_inputs
from goaltables.pipeline.batch.interruption import Interrupted, StopRequest
from goaltables.pipeline.batch.ledger import Ledger
from goaltables.pipeline.batch.pool import WorkerPool
from goaltables.pipeline.batch.progress import Progress
from goaltables.pipeline.batch.reading import Reader
from goaltables.pipeline.batch.state import Batch
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.batch.write import hold, remove_leftovers
from goaltables.pipeline.settings import ReadSettings, RunSettings


def run(
    paths: Sequence[Path],
    out: Path,
    read_settings: ReadSettings,
    run_settings: RunSettings,
    progress: Progress,
    *,
    reader: Reader | None = None,
    inputs: InputList | None = None,
) -> RunSummary:
    """Read every input under `paths` into records and the dataset under `out`.

    `reader` None is the product's own; it must be a function that can be imported by name. `inputs`: known
    already, so that `paths` are not searched.

    Raises UsageError, OutputBusy, OutputError, DependencyMissing. A document that cannot be read, or a
    signal to stop, is told by the summary and its exit code.
    """
    started = time.monotonic()
    inputs = inputs or find_inputs(paths, out)
    with StopRequest() as stop, hold(out), Ledger(out) as ledger:
        remove_leftovers(out)
        pool = WorkerPool(
            read_settings, run_settings.workers, reader=reader, recycle_after=run_settings.recycle_after
        )
        with pool:
            batch = Batch(inputs, out, ledger, read_settings, run_settings, pool, progress, stop)
            try:
                batch.work()
            finally:
                progress.end()
        try:
            if not stop:
                batch.retire()
                with stop.breakable():
                    _refresh_dataset(out, ledger)
        except Interrupted:
            pass  # the ledger still knows that the dataset is to be written
        return batch.summary(time.monotonic() - started)


def _refresh_dataset(out: Path, ledger: Ledger) -> None:
    """Write the dataset when a record changed since it was last written, by this run or one before."""
    if ledger.is_dataset_stale or not (out / "dataset" / "datapackage.json").is_file():
        from goaltables.pipeline.dataset.export import (
            export_dataset,  # brings pandas: only when there is something
        )

        export_dataset(out)
        ledger.dataset_written()
