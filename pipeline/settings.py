"""The settings of a run: made once at the edge, frozen, handed on in two parts.

``ReadSettings`` is what a document's reader sees. ``RunSettings`` is what only the batch needs. Each key
can stand in a TOML file (``--config FILE``) under the name of its option with underscores::

    ocr = "tesseract"
    max_pages = 200
    password_file = "passwords.txt"      # relative to the TOML file

A key nobody knows is refused, with the nearest name: a typo that is ignored would go unnoticed for years.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Final

from goaltables.errors import UsageError
from goaltables.normalizers.names.learnt_terms import LearntTerm
from goaltables.pipeline.given_page import GivenPage
from goaltables.pipeline.messages import LANGUAGES, reason, say
from goaltables.records import GivenTable

OCR_ENGINES: Final = ("rapidocr", "tesseract")
READER_SPEEDS: Final = ("exact", "fast")
FAIL_ON: Final = ("never", "error", "warning")
LOG_FORMATS: Final = ("text", "json")
EXECUTOR_SCHEMES: Final = ("dask://", "tls://")
LEDGER_SCHEMES: Final = ("postgresql://", "postgres://", "postgresql+psycopg://")
READ_LIMITS: Final = (
    *("max_pages", "max_megapixels", "max_megabytes", "max_record_megabytes"),
    *("timeout", "memory_megabytes"),
)


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What reading one document may depend on.

    `timeout` is CPU seconds per page, `memory_megabytes` the resident size a worker may reach: both are
    enforced from outside and end a document, they never change what is read from it. `max_pages`,
    `max_megapixels` (a page or image, from its header, before decoding) and `max_megabytes` (the file)
    are refused by the reader, a record longer than `max_record_megabytes` is not kept. `passwords` are tried
    in order on encrypted documents. `vocabulary` are the terms learnt from reviewed documents that are taken.
    `given` are grids that people gave for pages of some documents at the review desk; no key of a
    configuration.
    """

    ocr: str = "rapidocr"
    reader_speed: str = "exact"
    max_pages: int = 1000
    max_megapixels: float = 200.0
    max_megabytes: float = 500.0
    max_record_megabytes: float = 50.0
    timeout: float = 30.0
    memory_megabytes: int = 2048
    passwords: tuple[str, ...] = field(default=(), repr=False)
    vocabulary: tuple[LearntTerm, ...] = field(default=(), repr=False)
    given: tuple[GivenPage, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        check_choice("ocr", self.ocr, OCR_ENGINES)
        check_choice("reader_speed", self.reader_speed, READER_SPEEDS)
        for name in READ_LIMITS:
            check_positive(name, getattr(self, name))

    @property
    def max_bytes(self) -> int:
        """The bytes a file may have."""
        return int(self.max_megabytes * 1_000_000)

    @property
    def max_record_bytes(self) -> int:
        """The bytes a record may have."""
        return int(self.max_record_megabytes * 1_000_000)

    @property
    def password(self) -> str | None:
        """The password to open a document with, None for none."""
        return self.passwords[0] if self.passwords else None

    def each_password(self) -> tuple[ReadSettings, ...]:
        """These settings once per password, to be tried in order; once without when there is none."""
        return tuple(replace(self, passwords=(password,)) for password in self.passwords) or (self,)

    def given_tables(self, sha256: str, page: int) -> tuple[GivenTable, ...]:
        """The tables that people gave for a page of the document with these bytes."""
        return next((g.tables for g in self.given if (g.sha256, g.page) == (sha256, page)), ())

    def config_sha256(self, sha256: str = "") -> str:
        """Hash of every setting that can change what is read of the document with these bytes: part of its
        record and of the ledger's key.

        Not in it: passwords (they open a document or do not; a secret leaves no trace in a record) and
        the limits enforced from outside (timeout, memory).
        """
        shown: dict[str, object] = {
            "max_megabytes": float(self.max_megabytes),
            "max_megapixels": float(self.max_megapixels),
            "max_pages": self.max_pages,
            "max_record_megabytes": float(self.max_record_megabytes),
            "ocr": self.ocr,
            "reader_speed": self.reader_speed,
        }
        if self.vocabulary:
            shown["vocabulary"] = [asdict(term) for term in self.vocabulary]
        given = [[g.page, g.content()] for g in self.given if g.sha256 == sha256]
        if given:
            shown["given"] = given
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def package_version() -> str:
    """The installed version, as records and the ledger name it."""
    return metadata.version("goaltables")


def available_cpus() -> int:
    """The processors this process may use (a container's share, not the machine's)."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How the batch runs; nothing here can change a record."""

    workers: int = field(default_factory=available_cpus)
    executor: str = "local"
    retry_failed: bool = False
    fail_on: str = "never"
    log_format: str = "text"
    lang: str = "en"
    recycle_after: int = 200
    ledger: str | None = field(default=None, repr=False)  # a URL may hold a password
    share: bool = False
    summary: str | None = None

    def __post_init__(self) -> None:
        check_positive("workers", self.workers)
        check_positive("recycle_after", self.recycle_after)
        check_choice("fail_on", self.fail_on, FAIL_ON)
        check_choice("log_format", self.log_format, LOG_FORMATS)
        check_choice("lang", self.lang, LANGUAGES)
        if self.executor != "local" and not self.executor.startswith(EXECUTOR_SCHEMES):
            raise UsageError(say("executor-unknown", value=self.executor))
        if self.ledger is not None and not self.ledger.startswith(LEDGER_SCHEMES):
            raise UsageError(say("ledger-unknown", value=self.ledger.partition("//")[0] + "//"))
        if self.share and self.ledger is None:
            raise UsageError(say("share-needs-postgresql"))


def check_positive(name: str, value: float) -> None:
    if not value > 0:
        raise UsageError(say("setting-positive", name=name, value=value))


def check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(say("setting-choice", name=name, allowed=", ".join(allowed), value=value))


# The keys of the TOML file, with the types a value may have (an integer is a fine number of seconds).
READ_KEYS: Final[Mapping[str, tuple[type, ...]]] = {
    "ocr": (str,),
    "reader_speed": (str,),
    "max_pages": (int,),
    "max_megapixels": (int, float),
    "max_megabytes": (int, float),
    "max_record_megabytes": (int, float),
    "timeout": (int, float),
    "memory_megabytes": (int,),
}
RUN_KEYS: Final[Mapping[str, tuple[type, ...]]] = {
    "workers": (int,),
    "executor": (str,),
    "retry_failed": (bool,),
    "fail_on": (str,),
    "log_format": (str,),
    "lang": (str,),
    "recycle_after": (int,),
    "ledger": (str,),
    "share": (bool,),
    "summary": (str,),
}
FILE_KEYS: Final[Mapping[str, tuple[type, ...]]] = {"password_file": (str,), "vocabulary_file": (str,)}
CONFIG_KEYS: Final[Mapping[str, tuple[type, ...]]] = {**READ_KEYS, **RUN_KEYS, **FILE_KEYS}

SettingValue = str | int | float | bool


def load_config(path: Path) -> dict[str, SettingValue]:
    """The keys of a TOML file, checked by name and type. Names of files come back absolute.

    Raises UsageError: the file cannot be read, is no TOML, has an unknown key or a value of the wrong type.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(say("config-unreadable", path=path, reason=reason(error))) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(say("config-not-toml", path=path, reason=error)) from error
    for key, value in content.items():
        check_key(key, value, where=str(path))
    for key in FILE_KEYS.keys() & content.keys():
        content[key] = str(path.resolve().parent / content[key])
    return content


def check_key(key: str, value: object, *, where: str) -> None:
    """Refuse a key that does not exist, naming the nearest that does, and a value of the wrong type."""
    if key not in CONFIG_KEYS:
        near = difflib.get_close_matches(key, CONFIG_KEYS, n=1, cutoff=0.5)
        if near:
            raise UsageError(say("config-unknown-key-near", path=where, key=key, near=near[0]))
        raise UsageError(say("config-unknown-key", path=where, key=key, known=", ".join(sorted(CONFIG_KEYS))))
    expected = CONFIG_KEYS[key]
    # bool is an int in Python, but "workers = true" is a mistake.
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        wanted = say(f"config-wants-{expected[-1].__name__}")
        shown = json.dumps(value, ensure_ascii=False, default=str)  # as in the file: true, not True
        raise UsageError(say("config-type", path=where, key=key, wanted=wanted, value=shown))


def read_passwords(path: Path) -> tuple[str, ...]:
    """One password per line, tried in order; an empty line is no password. Raises UsageError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(say("passwords-unreadable", path=path, reason=reason(error))) from error
    except UnicodeDecodeError as error:
        raise UsageError(say("passwords-not-utf8", path=path)) from error
    return tuple(line for line in lines if line)
