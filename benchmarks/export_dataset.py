"""How long the dataset of a large archive takes to write, and how much memory: 100,000 indicators.

The digital fixtures are read once; their records are put under as many names, years and organizations as it
takes. Reading the records into rows is measured alone, then every format in a process of its own (CSV is
always written with it), then all of them in one.

    python benchmarks/export_dataset.py [--indicators 100000] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from goaltables import digitize
from goaltables.document import Document
from goaltables.pipeline.dataset.formats import FORMATS

DOCUMENTS = Path(__file__).resolve().parents[1] / "fixtures" / "documents"
READ = ("seed_digital.pdf", "project_digital.pdf", "disclosure_report.pdf", "transfer_evaluation.pdf")
YEARS = 5
NOTHING = "(rows alone)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--indicators", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="make the records here and leave them")
    parser.add_argument("--export", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.export:
        measure(Path(arguments.export[0]), arguments.export[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        out = arguments.keep or Path(folder)
        count = make_records(out, arguments.indicators)
        print(f"{count} documents, {arguments.indicators} indicators or a few more\n")
        print("| format | wall s | CPU s | peak memory MB | dataset MB |")
        print("|---|---:|---:|---:|---:|")
        alone = (f"csv,{name}" for name in FORMATS if name != "csv")
        for formats in (NOTHING, "csv", *alone, ",".join(FORMATS)):
            for path in (out / "dataset").glob("*"):
                path.unlink()
            command = [sys.executable, __file__, "--export", str(out), formats]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout)
            print("| {formats} | {wall:.1f} | {cpu:.1f} | {memory:.0f} | {size:.0f} |".format(**found))


def make_records(out: Path, indicators: int) -> int:
    """Records with that many indicators or a few more; the number of documents."""
    templates = [digitize(DOCUMENTS / name) for name in READ]
    made = documents = 0
    for number, (name, document) in enumerate(copies(templates)):
        if made >= indicators:
            break
        path = out / "documents" / f"{number % 1000:03}" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.to_json())
        made += sum(len(table.indicators) for table in document.tables)
        documents += 1
    return documents


def copies(templates: list[Document]) -> Iterator[tuple[str, Document]]:
    """The templates again and again, each time of another organization and year."""
    number = 0
    while True:
        for template in templates:
            organization, year = divmod(number, YEARS)
            tables = [
                table.model_copy(
                    update={
                        "organization": name_of(organization),
                        "county": "松岚县",
                        "division_code": "990101",
                        "fiscal_year": 2020 + year,
                    }
                )
                for table in template.tables
            ]
            name = f"{number:06}-{template.source.path}"
            source = template.source.model_copy(update={"path": name})
            yield name, template.model_copy(update={"tables": tables, "source": source})
        number += 1


def name_of(number: int) -> str:
    """An invented organization that names its county, so that its years are linked."""
    digits = str.maketrans("0123456789", "东南西北中云石林泉溪")
    return f"松岚县{str(number).translate(digits)}镇人民政府"


def measure(out: Path, formats: str) -> None:
    """Export in this process and print what it took."""
    from goaltables.pipeline.dataset.export import export_dataset
    from goaltables.pipeline.dataset.records import read_records
    from goaltables.pipeline.dataset.rows import dataset_rows

    start = time.monotonic()
    if formats == NOTHING:
        written = []
        deque(dataset_rows(read_records(out)), maxlen=0)
    else:
        written = export_dataset(out, formats.split(","))
    used = resource.getrusage(resource.RUSAGE_SELF)
    # The kernel's ru_maxrss would be that of the process this one was forked from.
    status = Path("/proc/self/status").read_text()
    (peak,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    figures = {
        "formats": formats,
        "wall": time.monotonic() - start,
        "cpu": used.ru_utime + used.ru_stime,
        "memory": int(peak) / 1000,
        "size": sum(path.stat().st_size for path in written) / 1e6,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
