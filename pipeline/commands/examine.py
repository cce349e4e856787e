"""What is installed and what is missing, with the command that mends it.

`require_reader` is the quick look before a batch; `examine` loads every library and builds the recognisers,
in processes of their own, because a native library that does not fit the machine ends whoever loads it.
"""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from typing import Final, Literal, TypeAlias

from goaltables.errors import DependencyMissing
from goaltables.pipeline.messages import say
from goaltables.pipeline.record_messages import say_failure
from goaltables.pipeline.settings import OCR_ENGINES, check_choice

Status: TypeAlias = Literal["ok", "missing", "optional"]

TESSERACT_REMEDY: Final = "apt-get install tesseract-ocr tesseract-ocr-chi-sim"
FONT_REMEDY: Final = "apt-get install fonts-noto-cjk"
PROBE_SECONDS: Final = 120.0
READERS: Final = "readers"  # of documents: everything that opens files and reads pages


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked for. `remedy` is a command, empty when all is well."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


def require_reader(ocr: str) -> None:
    """Look for what the chosen recogniser needs, before a batch starts.

    Raises DependencyMissing, naming the command that mends it.
    """
    packages = {
        "rapidocr": ("onnxruntime", "rapidocr"),
        "tesseract": ("pytesseract",),
    }[ocr]
    for package in packages:
        if find_spec(package) is None:
            extra = "[tesseract]" if ocr == "tesseract" else ""
            raise DependencyMissing(package, f"{sys.executable} -m pip install 'goaltables{extra}'")
    if ocr == "tesseract":
        program = shutil.which("tesseract")
        if program is None:
            raise DependencyMissing("the tesseract program", TESSERACT_REMEDY)
        known = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603
        if "chi_sim" not in known.stdout.split():
            raise DependencyMissing("tesseract's chi_sim data", TESSERACT_REMEDY)


def examine(ocr: str = "rapidocr") -> list[Check]:
    """Everything the package needs, then the recognisers: `ocr` must be there, the other is optional."""
    check_choice("ocr", ocr, OCR_ENGINES)
    checks = [Check("Python", "ok", platform.python_version())]
    checks += [_package(name) for name in _required_packages()]
    checks.append(_probed(READERS, needed=True))
    checks += [_probed(name, needed=name == ocr) for name in OCR_ENGINES]
    checks.append(_chinese_font())
    return checks


def _required_packages() -> list[str]:
    """The distributions the installed package asks for, without its extras."""
    needed = [r for r in metadata.requires("goaltables") or () if "extra ==" not in r]
    return [re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0] for requirement in needed]


def _package(name: str) -> Check:
    try:
        return Check(name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        return Check(name, "missing", say("doctor-not-installed"), f"{sys.executable} -m pip install {name}")


def _probed(what: str, *, needed: bool) -> Check:
    """Load `what` in a process of its own."""
    command = [sys.executable, "-P", "-m", "goaltables.pipeline.commands.examine", what]
    absent: Status = "missing" if needed else "optional"
    name = say("doctor-readers") if what == READERS else what
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Check(name, absent, say("doctor-too-slow", seconds=f"{PROBE_SECONDS:g}"), _reinstall())
    try:
        answer = json.loads(found.stdout)
    except ValueError:
        last = (found.stderr.strip().splitlines() or [say("doctor-died", code=found.returncode)])[-1]
        return Check(name, absent, last, _reinstall())
    if answer["remedy"]:
        return Check(name, absent, say("doctor-lacks", what=say_failure(answer["detail"])), answer["remedy"])
    return Check(name, "ok", answer["detail"] or say("doctor-loads"))


def _chinese_font() -> Check:
    """Pictures of pages need a font; everything else does without."""
    try:
        from goaltables.pipeline.drawing.fonts import chinese_font_file
    except ModuleNotFoundError:  # Pillow, which has a line of its own
        file = None
    else:
        file = chinese_font_file()
    if file is None:
        return Check(say("doctor-font"), "optional", say("doctor-not-installed"), FONT_REMEDY)
    return Check(say("doctor-font"), "ok", file.name)


def _reinstall() -> str:
    return f"{sys.executable} -m pip install --force-reinstall goaltables"


def _probe(what: str) -> Check:
    """In the probing process: load the readers of documents, or build a recogniser."""
    from goaltables.extractors.engines import build_engine
    from goaltables.pipeline.batch.reading import stages_reader

    try:
        if what == READERS:
            stages_reader()
            return Check(what, "ok", "")
        require_reader(what)
        engine = build_engine(what)
    except DependencyMissing as error:
        return Check(what, "missing", error.what, error.remedy)
    return Check(what, "ok", engine.version)


if __name__ == "__main__":
    print(json.dumps(asdict(_probe(sys.argv[1]))))
