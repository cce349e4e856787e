"""The direction of imports, and which package may use which library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"core": ROOT / "src" / "goaltables"} | {
    name: ROOT / name for name in ("extractors", "normalizers", "pipeline")
}

# What a folder may import of ours, besides itself. `pipeline` is the top: nothing imports it.
ALLOWED = {
    "core": set(),
    "extractors": {"records", "errors", "document"},
    "normalizers": {"records", "errors", "document"},
    "pipeline": {"records", "errors", "document", "extractors", "normalizers"},
}

# Libraries that stay in one place, so that they can be replaced there.
HOMES = {
    "pdfplumber": ["extractors/*", "pipeline/bench/tools/*"],
    "pdfminer": ["extractors/*"],
    "pypdfium2": ["extractors/*", "pipeline/bench/tools/*"],
    "pikepdf": ["extractors/*", "pipeline/bench/documents.py"],
    "cv2": ["extractors/*"],
    "onnxruntime": ["extractors/*"],
    "pytesseract": ["extractors/*"],
    "rapidocr": ["extractors/*", "pipeline/bench/tools/*"],
    "camelot": ["pipeline/bench/tools/*"],
    "img2table": ["pipeline/bench/tools/*"],
    "docx": ["extractors/office/docx_*"],
    "openpyxl": ["extractors/office/xlsx_*"],
    "rapidfuzz": ["normalizers/*", "pipeline/score/*"],
    "jinja2": ["pipeline/html/*", "pipeline/review/*"],
    "matplotlib": ["pipeline/report/plots.py", "pipeline/bench/results_plot.py"],
    "PIL": ["pipeline/drawing/*", "pipeline/inspect/*"],
    "pandas": ["pipeline/dataset/frames.py"],
    "pyarrow": ["pipeline/dataset/formats/parquet_files.py"],
    "xlsxwriter": ["pipeline/dataset/formats/workbook.py"],
    "sqlite3": ["pipeline/*"],
    "starlette": ["pipeline/review/*"],
    "uvicorn": ["pipeline/review/*"],
    "typer": ["pipeline/cli.py", "pipeline/commands/*"],
}

# The two doors of the package: they lead to pipeline lazily, by name, and are the only ones who may.
DOORS = {"__init__.py", "__main__.py"}


def sources() -> list[tuple[str, Path]]:
    found = []
    for layer, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            if layer == "core" and path.relative_to(folder).parts[0] in FOLDERS:
                continue  # the links to the other folders
            found.append((layer, path))
    return found


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, absolute module name) of every import, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("layer", "path"), sources(), ids=lambda value: getattr(value, "name", value))
def test_imports_point_one_way(layer: str, path: Path) -> None:
    wrong = []
    for line, module in imports(path):
        parts = module.split(".")
        if parts[0] != "goaltables" or (layer == "core" and path.name in DOORS):
            continue
        target = parts[1] if len(parts) > 1 else ""
        home = layer if layer != "core" else "core"
        if target == home or target in ALLOWED[layer]:
            continue
        if layer in {"core", "pipeline"} and target not in FOLDERS:
            continue  # records, errors, document and names of the package itself (__version__)
        wrong.append(f"{place(path)}:{line} imports {module}")
    assert not wrong


@pytest.mark.parametrize(("layer", "path"), sources(), ids=lambda value: getattr(value, "name", value))
def test_libraries_stay_at_home(layer: str, path: Path) -> None:
    wrong = []
    for line, module in imports(path):
        homes = HOMES.get(module.split(".")[0])
        if homes is not None and not any(fnmatch(place(path), home) for home in homes):
            wrong.append(f"{place(path)}:{line} imports {module}, which belongs to {homes}")
    assert not wrong


def test_every_home_is_lived_in() -> None:
    """A rule for a library nobody uses any more would be decoration."""
    used = {module.split(".")[0] for _, path in sources() for _, module in imports(path)}
    unused = set(HOMES) - used - {"pdfminer", "rapidocr"}  # reached through pdfplumber; only its files
    assert not unused


def test_no_name_of_a_machine_or_registry() -> None:
    """The project speaks of itself alone: no absolute path of a machine, no package registry."""
    forbidden = ("/wo" + "rk/", "/ro" + "ot/", "py" + "pi.org", "deb.deb" + "ian.org")
    found = []
    for pattern in ("**/*.py", "**/*.toml", "**/*.md", "**/*.csv", "Makefile", ".ci/run", "**/*.sh", "*.txt"):
        for path in ROOT.glob(pattern):
            if any(part.startswith(".venv") or part == "build" for part in path.relative_to(ROOT).parts):
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{place(path)}: {word}" for word in forbidden if word in text]
    assert not found
