"""The doctor: what is missing is named with the command that mends it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

from goaltables.errors import DependencyMissing, UsageError
from goaltables.pipeline import cli
from goaltables.pipeline.commands import examine as doctor
from goaltables.pipeline.commands.examine import Check, examine, require_reader
from goaltables.pipeline.messages import use_language


def test_a_package_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "_probed", lambda what, **_: Check(what, "ok", "loads"))
    monkeypatch.setattr(metadata, "version", absent)
    missing = {check.name: check for check in examine() if check.status == "missing"}
    assert {"numpy", "onnxruntime", "opencv-python-headless", "pdfminer.six", "rapidocr"} <= set(missing)
    assert missing["numpy"].remedy == f"{sys.executable} -m pip install numpy"


def test_a_library_that_kills_its_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    checks = {check.name: check for check in examine("rapidocr")}
    assert checks["readers of documents"].status == "missing"
    assert checks["rapidocr"].detail == "exit code 1"
    assert checks["tesseract"].status == "optional"


def test_what_is_missing_is_named_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(
            command, 0, '{"detail": "the tesseract program", "remedy": "apt-get install it"}', ""
        ),
    )
    use_language("zh")
    try:
        checks = {check.name: check for check in examine("rapidocr")}
    finally:
        use_language("en")
    assert checks["tesseract"].detail == "需要 tesseract 程序"
    assert "文档读取组件" in checks


def test_the_chosen_recogniser_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    statuses = {check.name: check.status for check in examine("tesseract")}
    assert (statuses["tesseract"], statuses["rapidocr"]) == ("missing", "optional")


def test_an_unknown_recogniser() -> None:
    with pytest.raises(UsageError):
        examine("magic")


@pytest.mark.parametrize(
    ("ocr", "absent", "command"),
    [
        ("rapidocr", "onnxruntime", "pip install 'goaltables'"),
        ("tesseract", "pytesseract", "pip install 'goaltables[tesseract]'"),
    ],
)
def test_a_batch_does_not_start_without_its_recogniser(
    ocr: str, absent: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None if name == absent else object())
    with pytest.raises(DependencyMissing) as raised:
        require_reader(ocr)
    assert raised.value.what == absent
    assert raised.value.remedy.endswith(command)


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("optional", 0), ("missing", 3)])
def test_the_exit_code_says_whether_all_is_there(
    status: doctor.Status, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        doctor, "examine", lambda _: [Check("the eye", status, "gone", "apt-get install eye")]
    )
    assert cli.run_command(["doctor", "--lang", "en"]) == code
    printed = capsys.readouterr().out
    assert "the eye: gone" in printed
    assert ("apt-get install eye" in printed) == (status != "ok")
