"""Settings: what counts for a result, and configuration files that refuse what they do not know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from goaltables.errors import UsageError
from goaltables.pipeline.settings import (
    CONFIG_KEYS,
    READ_KEYS,
    RUN_KEYS,
    ReadSettings,
    RunSettings,
    load_config,
    read_passwords,
)

DOCS = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def written(folder: Path, text: str) -> Path:
    path = folder / "goaltables.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "change",
    [
        *({"ocr": "tesseract"}, {"reader_speed": "fast"}, {"max_pages": 7}, {"max_megapixels": 9.5}),
        *({"max_megabytes": 3}, {"max_record_megabytes": 3}),
    ],
)
def test_what_changes_a_result_changes_the_hash(change: dict[str, Any]) -> None:
    assert replace(ReadSettings(), **change).config_sha256() != ReadSettings().config_sha256()


@pytest.mark.parametrize("change", [{"passwords": ("secret",)}, {"timeout": 3}, {"memory_megabytes": 99}])
def test_what_changes_no_result_leaves_the_hash(change: dict[str, Any]) -> None:
    assert replace(ReadSettings(), **change).config_sha256() == ReadSettings().config_sha256()


def test_the_hash_is_the_same_on_every_machine_and_day() -> None:
    assert ReadSettings().config_sha256().startswith("5ff7819a6db4f930")


def test_a_whole_number_is_the_same_setting_as_its_fraction() -> None:
    assert ReadSettings(max_megapixels=200).config_sha256() == ReadSettings().config_sha256()


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(ReadSettings(passwords=("secret",)))
    assert "secret" not in repr(RunSettings(ledger="postgresql://someone:secret@host/x"))


def test_each_password_is_tried_alone_and_none_means_once_without() -> None:
    assert [s.password for s in ReadSettings(passwords=("a", "b")).each_password()] == ["a", "b"]
    assert [s.password for s in ReadSettings().each_password()] == [None]


def test_config_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'ocr = "tesseract"\ntimeout = 5\nretry_failed = true\npassword_file = "p.txt"\n')
    assert load_config(path) == {
        "ocr": "tesseract",
        "timeout": 5,
        "retry_failed": True,
        "password_file": str(tmp_path / "p.txt"),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("max_page = 3", "max_pages"),
        ("colour = 3", "max_megapixels"),
        ("workers = true", "workers takes a whole number, not true"),
        ("max_pages = 1.5", "max_pages takes a whole number, not 1.5"),
        ('timeout = "long"', 'timeout takes a number, not "long"'),
        ("ocr = 2026-01-01", 'ocr takes a text in quotes, not "2026-01-01"'),
        ("share = 1", "share takes true or false, not 1"),
        ("timeout = = 3", "TOML"),
    ],
)
def test_config_refuses_and_names(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(UsageError, match=named):
        load_config(written(tmp_path, text))


def test_config_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load_config(tmp_path / "none.toml")


@pytest.mark.parametrize("change", [{"ocr": "magic"}, {"max_pages": 0}, {"timeout": -1.0}])
def test_reading_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        ReadSettings(**change)


@pytest.mark.parametrize(
    "change",
    [
        *({"workers": 0}, {"executor": "spark://host:1"}, {"fail_on": "info"}, {"lang": "fr"}),
        *({"ledger": "mysql://host/x"}, {"ledger": "sqlite:///x"}, {"share": True}),
    ],
)
def test_running_refuses(change: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        RunSettings(**change)


def test_every_field_can_be_configured() -> None:
    assert set(READ_KEYS) == set(ReadSettings.__dataclass_fields__) - {"passwords", "vocabulary", "given"}
    assert set(RUN_KEYS) == set(RunSettings.__dataclass_fields__)


def test_every_key_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [key for key in CONFIG_KEYS if f"| `{key}` |" not in text] == []


def test_passwords_are_lines(tmp_path: Path) -> None:
    path = tmp_path / "passwords.txt"
    path.write_text("\ufeffone\n\n 二 \n", encoding="utf-8")
    assert read_passwords(path) == ("one", " 二 ")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="UTF-8"):
        read_passwords(path)
