"""What is installed is what is on disk, under one top-level name."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
FOLDERS = ("pipeline", "extractors", "normalizers")


def packages_on_disk() -> set[str]:
    found = {"goaltables"}
    for folder in FOLDERS:
        for init in (ROOT / folder).rglob("__init__.py"):
            found.add(".".join(("goaltables", *init.parent.relative_to(ROOT).parts)))
    return found


def test_packages_listed_are_the_folders_on_disk() -> None:
    assert set(SETUPTOOLS["packages"]) == packages_on_disk()
    assert len(SETUPTOOLS["packages"]) == len(set(SETUPTOOLS["packages"]))


def test_every_folder_with_code_is_a_package() -> None:
    """A folder without __init__.py would be left out of the wheel without a word."""
    bare = {
        path.parent.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if not (path.parent / "__init__.py").exists()
    }
    assert not bare


def test_links_lead_to_the_folders() -> None:
    for folder in FOLDERS:
        assert (ROOT / "src" / "goaltables" / folder).resolve() == ROOT / folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a clean copy of the tracked files so that no stale build/ can leak into it."""
    copy = tmp_path_factory.mktemp("checkout")
    names = ["pyproject.toml", "README.md", "LICENSE", "src", *FOLDERS]
    subprocess.run(["cp", "-a", *[str(ROOT / name) for name in names], str(copy)], check=True)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_has_one_top_level_name(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"goaltables"}


def test_wheel_holds_every_module_and_data_file(wheel: zipfile.ZipFile) -> None:
    expected = {"goaltables/py.typed", "goaltables/radicals.csv"}
    for path in (ROOT / "src" / "goaltables").glob("*.py"):
        expected.add(f"goaltables/{path.name}")
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                expected.add(f"goaltables/{path.relative_to(ROOT).as_posix()}")
    assert expected <= set(wheel.namelist()), sorted(expected - set(wheel.namelist()))


def test_the_lock_file_pins_every_dependency() -> None:
    """constraints.txt holds the tested version of everything that pyproject.toml asks for."""
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    wanted = list(PROJECT["project"]["dependencies"])
    for extra, needs in PROJECT["project"]["optional-dependencies"].items():
        if extra != "all":
            wanted += needs
    names = {need.split(">")[0].split("[")[0].strip().lower() for need in wanted} - {"goaltables"}
    assert names <= pinned, names - pinned
