"""Some seventy documents that mean harm or are broken, through the whole pipeline, each in its worker.

Every one ends with a record that says what happened; nothing of it reaches its neighbours, the process that
leads, the disk outside OUT, or the network.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hostile_files
import hostile_pdf
import pytest

# CPU seconds a page. What ends by a limit shall end soon; for the others there is time enough on any machine.
STRICT, PATIENT = 2, 20
MEMORY_MEGABYTES = 1000
LEADER_MEGABYTES = 300

# How each ends: the status of its record, or the class of its failure. One name stands for either where it
# depends on the machine which limit is met first.
ENDS: dict[str, tuple[Callable[[], bytes], ...]] = {
    "limit": (
        *(hostile_pdf.flate, hostile_pdf.flate_in_flate_in_flate, hostile_pdf.run_length),
        *(hostile_pdf.forms_times_forms, hostile_pdf.pattern_of_tiny_tiles, hostile_pdf.million_glyphs),
        *(hostile_pdf.million_paths, hostile_pdf.seven_thousand_rules, hostile_pdf.map_of_all_characters),
        *(hostile_pdf.saved_states, hostile_pdf.image_of_ten_milliard_pixels),
        *(hostile_pdf.fax_of_a_milliard_lines, hostile_pdf.two_thousand_pages),
        *(hostile_files.png_of_three_milliard_pixels, hostile_files.jpeg_that_says_it_is_huge),
        *(hostile_files.jpeg_larger_than_its_data, hostile_files.tiff_of_nine_hundred_pages),
        *(hostile_files.tiff_of_four_milliard_lines, hostile_files.docx_of_a_third_of_a_gigabyte),
        *(hostile_files.docx_too_deep, hostile_files.xlsx_merged_over_the_whole_sheet),
        *(hostile_files.archive_of_twenty_thousand_parts, hostile_files.text_of_tabs),
        *(hostile_files.page_of_noise, hostile_pdf.huge_page),
    ),
    "malformed": (
        *(hostile_pdf.page_tree_ten_thousand_deep, hostile_pdf.tables_in_a_circle),
        *(hostile_files.png_cut_short, hostile_files.jpeg_without_tables, hostile_files.tiff_in_a_circle),
        *(hostile_files.tiff_with_strips_elsewhere, hostile_files.tiff_with_a_million_values),
        *(hostile_files.docx_that_laughs, hostile_files.docx_that_reads_a_file, hostile_files.zeros),
    ),
    "empty": (
        *(
            hostile_pdf.thousand_filters,
            hostile_pdf.predictor_of_gigabytes,
            hostile_pdf.dashes_finer_than_dust,
        ),
        *(hostile_pdf.page_tree_in_a_circle, hostile_pdf.page_without_extent, hostile_pdf.no_pages),
        *(hostile_pdf.stream_in_another_file, hostile_files.png_with_more_than_it_says),
        *(hostile_files.png_with_a_long_note, hostile_files.jpeg_cut_short),
    ),
    "encrypted": (hostile_pdf.broken_lock,),
    "unsupported": (
        *(hostile_files.text_of_one_long_line, hostile_files.text_of_half_characters),
        *(hostile_files.gzipped, hostile_files.web_page),
    ),
    "partial": (
        *(hostile_pdf.map_that_uses_itself, hostile_pdf.fonts_that_climb),
        *(hostile_pdf.stream_longer_than_the_file, hostile_pdf.stream_of_negative_length),
        hostile_pdf.noise_between_two_tables,
    ),
    "ok": (
        *(hostile_pdf.shading_of_a_million_steps, hostile_pdf.form_that_draws_itself),
        *(hostile_pdf.glyph_that_draws_itself, hostile_pdf.arrays_in_arrays),
        *(hostile_pdf.dictionaries_in_content, hostile_pdf.object_stream_of_itself),
        *(hostile_pdf.page_turned_inside_out, hostile_pdf.page_that_is_no_number),
        *(hostile_pdf.count_of_a_milliard, hostile_pdf.inline_image_of_ten_milliard_pixels),
    ),
}

LEADER = f"""
import json, sys
from pathlib import Path
from goaltables.pipeline.batch.progress import SilentProgress
from goaltables.pipeline.batch.runner import run
from goaltables.pipeline.settings import ReadSettings, RunSettings
root = Path(sys.argv[1])
reading = ReadSettings(timeout=int(sys.argv[3]), memory_megabytes={MEMORY_MEGABYTES})
inputs, out = root / "in" / sys.argv[2], root / "out" / sys.argv[2]
summary = run([inputs], out, reading, RunSettings(workers=2), SilentProgress())
status = Path("/proc/self/status").read_text()
peak = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
print(json.dumps([summary.inputs, summary.exit_code("never"), peak]))
"""


@dataclass(frozen=True)
class Run:
    """What a run over all of them left."""

    root: Path
    inputs: int
    exit_codes: set[int]
    leader_bytes: int
    before: dict[str, bytes]
    connections: int

    def record(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(
            next((self.root / "out").glob(f"*/documents/{name}.pdf.json")).read_bytes()
        )
        return content

    def end(self, name: str) -> str:
        record = self.record(name)
        return str(record["error"]["class"] if record["error"] else record["status"])


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Run:
    root = tmp_path_factory.mktemp("hostile")
    (root / "in").mkdir()
    (root / "temporary").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        files = hostile_pdf.cut_short() | {"calls_out": hostile_pdf.calls_out(listener.getsockname()[1])}
        files |= {make.__name__: make() for makers in ENDS.values() for make in makers}
        limited = {make.__name__ for make in (*ENDS["limit"], hostile_pdf.noise_between_two_tables)}
        told = []
        for timeout in (STRICT, PATIENT):
            folder = root / "in" / str(timeout)
            folder.mkdir()
            for name, data in files.items():
                if (name in limited) == (timeout == STRICT):
                    (folder / f"{name}.pdf").write_bytes(data)
            command = [sys.executable, "-c", LEADER, str(root), folder.name, str(timeout)]
            environment = os.environ | {"TMPDIR": str(root / "temporary")}
            done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True)
            told.append(json.loads(done.stdout))
        listener.settimeout(0)
        connections = 0
        try:
            listener.accept()
            connections += 1
        except BlockingIOError:
            pass
    inputs, exit_codes, leader_bytes = zip(*told, strict=True)
    before = {f"{name}.pdf": data for name, data in files.items()}
    return Run(root, sum(inputs), set(exit_codes), max(leader_bytes), before, connections)


def test_there_are_many(done: Run) -> None:
    assert done.inputs == len(done.before) >= 60
    assert done.exit_codes == {4}


@pytest.mark.parametrize("end", list(ENDS))
def test_each_ends_as_it_should(done: Run, end: str) -> None:
    assert {make.__name__: done.end(make.__name__) for make in ENDS[end]} == {
        make.__name__: end for make in ENDS[end]
    }


def test_what_was_cut_short_is_never_whole(done: Run) -> None:
    ends = {name: done.end(name) for name in hostile_pdf.cut_short()}
    assert set(ends.values()) <= {"partial", "malformed", "empty"}
    assert ends["cut_at_80"] == ends["cut_at_95"] == "partial"
    codes = [finding["code"] for finding in done.record("cut_at_80")["findings"]]
    assert "truncated-file" in codes


def test_a_page_of_noise_costs_that_page(done: Run) -> None:
    record = done.record("noise_between_two_tables")
    assert [page["page"] for page in record["pages"]] == [1, 3]
    (lost,) = [finding["message"] for finding in record["findings"] if finding["code"] == "page-failed"]
    assert lost.endswith(f"page 2: limit: more than {STRICT} CPU seconds; raise --timeout")
    assert sum(len(table["indicators"]) for table in record["tables"]) > 0


def test_the_leading_process_stays_small(done: Run) -> None:
    assert done.leader_bytes < LEADER_MEGABYTES * 1_000_000


def test_nothing_is_asked_read_or_written_elsewhere(done: Run) -> None:
    assert done.end("calls_out") == "ok"
    assert done.connections == 0
    assert {path.name: path.read_bytes() for path in (done.root / "in").glob("*/*")} == done.before
    assert sorted(path.name for path in done.root.iterdir()) == ["in", "out", "temporary"]
    records = b"".join(path.read_bytes() for path in (done.root / "out").rglob("*.json"))
    assert b"root:" not in records


def test_nothing_is_left(done: Run) -> None:
    assert list((done.root / "temporary").iterdir()) == []
    mark = str(done.root / "temporary").encode()
    left = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                left += [process.name] if mark in (process / "environ").read_bytes() else []
            except OSError:
                continue
    assert left == []
