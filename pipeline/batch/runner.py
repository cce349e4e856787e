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
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

from goaltables.pipeline.batch.executor import Executor
from goaltables.pipeline.batch.interruption import Interrupted, StopRequest
from goaltables.pipeline.batch.ledgers.ledger import Ledger, open_ledger
from goaltables.pipeline.batch.outputs.output import Output, open_output
from goaltables.pipeline.batch.progress import Progress
from goaltables.pipeline.batch.records import Records
from goaltables.pipeline.batch.sources.inputs import InputList, find_inputs
from goaltables.pipeline.batch.state import Batch
from goaltables.pipeline.batch.summary import RunSummary
from goaltables.pipeline.page_outcome import Reader
from goaltables.pipeline.settings import ReadSettings, RunSettings

ExecutorMaker: TypeAlias = Callable[[ReadSettings, RunSettings], AbstractContextManager[Executor]]


def run(
    paths: Sequence[Path | str],
    out: Path | str,
    read_settings: ReadSettings,
    run_settings: RunSettings,
    progress: Progress,
    *,
    reader: Reader | None = None,
    make_executor: ExecutorMaker | None = None,
    inputs: InputList | None = None,
) -> RunSummary:
    """Read every input under `paths` into records and the dataset under `out`; both may be URLs.

    `reader` None is the product's own; `make_executor` None is what the settings name. `inputs`: known
    already, so that `paths` are not searched.

    Raises UsageError, OutputBusy, OutputError, DependencyMissing, ClusterUnreachable. A document that cannot
    be read, or a signal to stop, is told by the summary and its exit code.
    """
    started = time.monotonic()
    output = open_output(out)
    inputs = inputs or find_inputs(paths, out)
    is_shared, ledger_url = run_settings.share, run_settings.ledger
    with (
        StopRequest() as stop,
        output.hold(is_shared=is_shared, is_locked_elsewhere=ledger_url is not None),
        open_ledger(ledger_url, output, is_shared=is_shared) as ledger,
    ):
        records = Records(output, ledger, read_settings, retry_failed=run_settings.retry_failed)
        executor = (make_executor or _maker(reader))(read_settings, run_settings)
        with executor as working:
            batch = Batch(inputs, records, ledger, read_settings, working, progress, stop)
            try:
                batch.work()
            finally:
                progress.end()
        try:
            if not stop:
                batch.retire()
                with stop.breakable():
                    _refresh_dataset(output, ledger)
        except Interrupted:
            pass  # the ledger still knows that the dataset is to be written
        return batch.summary(time.monotonic() - started)


def _maker(reader: Reader | None) -> ExecutorMaker:
    """The executor that the settings name."""

    def make(read_settings: ReadSettings, run_settings: RunSettings) -> AbstractContextManager[Executor]:
        if run_settings.executor == "local":
            from goaltables.pipeline.batch.pool.pool import WorkerPool

            return WorkerPool(
                read_settings, run_settings.workers, reader=reader, recycle_after=run_settings.recycle_after
            )
        from goaltables.pipeline.batch.cluster.dask_executor import DaskExecutor  # brings distributed

        return DaskExecutor(read_settings, run_settings, reader=reader)

    return make


def _refresh_dataset(output: Output, ledger: Ledger) -> None:
    """Write the dataset when a record changed since it was last written, by this run or one before.

    Of several runs that share OUT the one that ends last does it.
    """
    with ledger.alone() as is_alone:
        if is_alone and (ledger.is_dataset_stale or not output.has_dataset()):
            changes = ledger.changes
            output.write_dataset()
            ledger.dataset_written(changes)
