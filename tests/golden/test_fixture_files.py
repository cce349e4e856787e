"""The committed fixtures are what fixtures/README.md says they are."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
DOCUMENTS = FIXTURES / "documents"
MADE_WITH = json.loads((FIXTURES / "made_with.json").read_text(encoding="utf-8"))
SEED_SHA256 = "6d25f37ac55c4733bf35c3572be388608a9547e265cb3a4d8f51a2d506d55bba"
SEED_FILES = ("seed_digital.pdf", "seed_late_labels.pdf", "seed_scan.pdf", "seed_page.jpg")
# Not drawn: their truth is in rows and columns of the file.
FILES_WITHOUT_PAPER = ("seed_dump.txt", "project_office.docx", "project_office.xlsx")
FOUND_FAULTS = {
    "row-total-mismatch",
    "missing-total",
    "html-residue",
    "duplicate-numbering",
    "empty-indicator",
    "mixed-operators",
}
MOST_BYTES = 4_000_000


def expected(file: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((FIXTURES / "expected" / f"{file}.json").read_text(encoding="utf-8"))
    return truth


def names() -> list[str]:
    return sorted(path.name for path in DOCUMENTS.iterdir())


def pieces() -> list[Any]:
    return [
        pytest.param(piece, id=f"{name}-{piece['page']}")
        for name in names()
        for table in expected(name)["tables"]
        for piece in table["pages"]
    ]


def page_sizes(name: str) -> list[tuple[float, float]]:
    """Width and height of every page, in the unit of its truth."""
    data = (DOCUMENTS / name).read_bytes()
    if name.endswith(".pdf"):
        password = "songlan-2023" if name == "encrypted.pdf" else None
        document = pdfium.PdfDocument(data, password=password)
        sizes = [document[n].get_size() for n in range(len(document))]
        document.close()
        return sizes
    _, images = cv2.imdecodemulti(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return [(image.shape[1], image.shape[0]) for image in images]


def test_every_document_has_its_truth_and_its_line_in_the_readme() -> None:
    assert sorted(path.name.removesuffix(".json") for path in (FIXTURES / "expected").iterdir()) == names()
    readme = (FIXTURES / "README.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"| `{name}` |" not in readme] == []


def test_the_files_are_those_the_maker_wrote() -> None:
    found = {
        path.relative_to(FIXTURES).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("documents", "expected")
        for path in (FIXTURES / folder).iterdir()
    }
    assert found == MADE_WITH["sha256"]


def test_the_fixtures_stay_small() -> None:
    assert sum(p.stat().st_size for p in FIXTURES.rglob("*") if p.is_file()) < MOST_BYTES


def test_the_seed_text_is_unchanged() -> None:
    assert hashlib.sha256((FIXTURES / "seed.txt").read_bytes()).hexdigest() == SEED_SHA256


@pytest.mark.parametrize(
    "name", [n for n in names() if expected(n)["tables"] and n not in FILES_WITHOUT_PAPER]
)
def test_the_pages_are_there_and_hold_their_cells(name: str) -> None:
    truth, sizes = expected(name), page_sizes(name)
    assert len(sizes) == truth["pages"]
    for table in truth["tables"]:
        for piece in table["pages"]:
            width, height = sizes[piece["page"] - 1]
            for cell in piece["cells"]:
                x0, y0, x1, y1 = cell["bbox"]
                assert 0 <= x0 < x1 <= width, cell
                assert 0 <= y0 < y1 <= height, cell


@pytest.mark.parametrize("piece", pieces())
def test_the_cells_tile_their_grid(piece: dict[str, Any]) -> None:
    places = Counter(
        (row, col)
        for c in piece["cells"]
        for row in range(c["row"], c["row"] + c["rowspan"])
        for col in range(c["col"], c["col"] + c["colspan"])
    )
    rows, cols = max(r for r, _ in places) + 1, max(c for _, c in places) + 1
    assert places == Counter((r, c) for r in range(rows) for c in range(cols))


def test_the_dump_is_the_seed_and_says_what_the_digital_table_says() -> None:
    assert (DOCUMENTS / "seed_dump.txt").read_bytes() == (FIXTURES / "seed.txt").read_bytes()
    (dump,), (drawn,) = (expected(name)["tables"] for name in ("seed_dump.txt", "seed_digital.pdf"))
    assert {**dump, "pages": None} == {**drawn, "pages": None}


@pytest.mark.parametrize("name", SEED_FILES)
def test_the_seed_has_its_grid_and_its_records(name: str) -> None:
    (table,) = expected(name)["tables"]
    cells = [cell for piece in table["pages"] for cell in piece["cells"]]
    rows = sum(max(c["row"] + c["rowspan"] for c in p["cells"]) for p in table["pages"])
    continued = len(table["pages"]) - 1  # each break cuts 年度绩效指标 and 产出指标 in two
    assert (rows, max(c["col"] + c["colspan"] for c in cells)) == (51, 7)
    assert len(cells) == 173 + 2 * continued
    assert len(table["indicators"]) == 35
    assert len(table["budget"]) == 8
    assert (table["organization"], table["fiscal_year"]) == ("特克斯县阔克苏乡人民政府", 2022)
    assert {i["level1"]: 0 for i in table["indicators"]} == {"产出指标": 0, "效益指标": 0, "满意度指标": 0}


@pytest.mark.parametrize("name", ["seed_digital.pdf", "seed_scan.pdf"])
def test_the_page_breaks_inside_the_outputs_after_a_quantity(name: str) -> None:
    first, second = expected(name)["tables"][0]["pages"]
    side = [c for c in first["cells"] if c["text"] in ("年度绩效指标", "产出指标")]
    bottom = max(c["row"] + c["rowspan"] for c in first["cells"])
    assert [c["row"] + c["rowspan"] for c in side] == [bottom, bottom]
    assert [c["text"] for c in second["cells"] if c["row"] == 0][:3] == ["", "", "数量指标"]


def test_late_labels_stand_on_the_second_page() -> None:
    first, second = expected("seed_late_labels.pdf")["tables"][0]["pages"]
    assert not {"年度绩效指标", "产出指标"} & {c["text"] for c in first["cells"]}
    assert [c["text"] for c in second["cells"] if c["row"] == 0][:2] == ["年度绩效指标", "产出指标"]


@pytest.mark.parametrize("name", SEED_FILES)
def test_the_quirks_of_the_seed_are_there(name: str) -> None:
    (table,) = expected(name)["tables"]
    *tasks, total = table["budget"]
    assert [Decimal(b["fiscal"]) - Decimal(b["total"]) for b in tasks] == [Decimal(1)] * 7
    assert Decimal(total["total"]) == sum(Decimal(b["total"]) for b in tasks)
    assert Decimal(total["fiscal"]) == sum(Decimal(b["fiscal"]) for b in tasks)
    assert (total["name"], total["other"]) == ("合计", None)
    goal = table["annual_goal"]
    assert goal.startswith("<p>1、")
    assert goal.endswith("。</p>")
    assert "4、确保4.“" in goal
    assert "6.按月6.足额" in goal
    assert {i["operator"] for i in table["indicators"] if "≥" in i["value_text"]} == {">="}
    assert {v[:2] for v in (i["value_text"] for i in table["indicators"])} >= {">=", "<=", "≥3", "=7"}
    assert set(table["errors"]) == FOUND_FAULTS


@pytest.mark.parametrize("name", SEED_FILES)
def test_the_cut_names_of_the_seed(name: str) -> None:
    (table,) = expected(name)["tables"]
    cut = [i for i in table["indicators"] if i["truncated"]]
    assert [i["full_name"].removeprefix(i["name"]) for i in cut] == ["数", "数", "确率", "时性", "放金额"]
    assert {len(i["name"]) for i in cut} == {20}
    whole = [i for i in table["indicators"] if not i["truncated"]]
    assert all(i["full_name"] == i["name"] and len(i["name"]) < 20 for i in whole)


@pytest.mark.parametrize("name", SEED_FILES)
def test_the_level2_labels_without_indicator(name: str) -> None:
    cells = [c for p in expected(name)["tables"][0]["pages"] for c in p["cells"]]
    labels = [c["text"] for c in cells if c["col"] == 2 and c["text"].endswith("指标")]
    used = Counter(i["level2"] for i in expected(name)["tables"][0]["indicators"])
    unused = Counter(labels) - used - Counter({"二级指标": 1})
    assert unused == Counter({"经济效益指标": 1, "生态效益指标": 1, "可持续影响指标": 1})


@pytest.mark.parametrize("name", [n for n in names() if not n.startswith("seed_") and expected(n)["tables"]])
def test_the_invented_tables_add_up(name: str) -> None:
    (table,) = expected(name)["tables"]
    for line in table["budget"]:
        assert Decimal(line["total"]) == Decimal(line["fiscal"]) + Decimal(line["other"])
    if table["form"] == "department_overall":
        *tasks, total = table["budget"]
        for column in ("total", "fiscal", "other"):
            assert Decimal(total[column]) == sum(Decimal(b[column]) for b in tasks)
    assert table["errors"] == []


@pytest.mark.parametrize("name", [n for n in names() if expected(n)["tables"]])
def test_every_record_is_printed_in_a_cell(name: str) -> None:
    for table in expected(name)["tables"]:
        printed = {c["text"] for p in table["pages"] for c in p["cells"]}
        for indicator in table["indicators"]:
            for key in ("level1", "level2", "name", "value_text"):
                assert indicator[key] in printed
            if indicator["qualitative"] is None:
                number = indicator["value_text"].removesuffix(indicator["unit"]).lstrip("≥≤<>=")
                assert Decimal(number) == Decimal(indicator["value"])
                assert indicator["value"] == f"{Decimal(indicator['value']).normalize():f}"
        assert {amount for b in table["budget"] for amount in (b["total"], b["fiscal"])} <= printed
        assert table["annual_goal"] in printed


@pytest.mark.parametrize(
    ("name", "error_class"),
    [
        ("broken.pdf", "malformed"),
        ("empty.pdf", "empty"),
        ("encrypted.pdf", "encrypted"),
        ("not_a_pdf.pdf", "unsupported"),
    ],
)
def test_the_bad_files_cannot_be_opened(name: str, error_class: str) -> None:
    truth = expected(name)
    assert (truth["status"], truth["error_class"]) == ("failed", error_class)
    with pytest.raises(pdfium.PdfiumError):
        pdfium.PdfDocument((DOCUMENTS / name).read_bytes())


def test_the_text_layer_of_the_digital_seed_is_exact() -> None:
    document = pdfium.PdfDocument((DOCUMENTS / "seed_digital.pdf").read_bytes())
    for piece in expected("seed_digital.pdf")["tables"][0]["pages"]:
        page = document[piece["page"] - 1]
        text, height = page.get_textpage(), page.get_height()
        for cell in piece["cells"]:
            x0, y0, x1, y1 = cell["bbox"]
            found = text.get_text_bounded(left=x0, bottom=height - y1, right=x1, top=height - y0)
            assert "".join(found.split()) == cell["text"]
    document.close()


def test_the_scan_has_no_text_and_a_red_seal_on_each_page() -> None:
    document = pdfium.PdfDocument((DOCUMENTS / "seed_scan.pdf").read_bytes())
    for page in document:
        assert page.get_textpage().get_text_range() == ""
        image = page.render(scale=1).to_numpy().astype(int)
        blue, green, red = image[:, :, 0], image[:, :, 1], image[:, :, 2]
        assert np.count_nonzero((red > 150) & (green < 120) & (blue < 120)) > 1000
    document.close()


def why_not_remade() -> str:
    """Why the maker cannot give the same bytes here; empty when it can."""
    if shutil.which("fc-list") is None:
        return "fontconfig is not installed (needed only to make fixtures)"
    for library in ("reportlab", "pillow", "numpy", "pypdfium2"):
        try:
            version = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            return f"{library} is not installed (needed only to make fixtures)"
        if version != MADE_WITH["made_with"][library]:
            return f"{library} {version} is not the version the fixtures were made with"
    command = ["fc-list", "--format=%{file}\\n"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    installed = {Path(line).name: Path(line) for line in listed}
    for font in ("gbsn00lp.ttf", "gkai00mp.ttf", "wqy-zenhei.ttc"):
        if font not in installed:
            return f"the font {font} is not installed (needed only to make fixtures)"
        if hashlib.sha256(installed[font].read_bytes()).hexdigest() != MADE_WITH["made_with"][font]:
            return f"the font {font} is of another version than the fixtures were made with"
    return ""


def test_making_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if reason := why_not_remade():
        pytest.skip(reason)
    subprocess.run(
        [sys.executable, "-m", "fixtures.make_fixtures", "--out", str(tmp_path)], cwd=ROOT, check=True
    )
    again = json.loads((tmp_path / "made_with.json").read_text(encoding="utf-8"))
    assert again["sha256"] == MADE_WITH["sha256"]
