"""The integer model of the fast reader: made once, kept in the user's cache, used where it reads as well.

``$XDG_CACHE_HOME/goaltables`` (``~/.cache/goaltables``) holds the made model, or, where it was found wanting,
a note that says why, so that it is not made again at every start. The name of both tells what they depend
on: the model they were made from, onnxruntime, the recipe, and the processor, whose instructions decide how
integers overflow. Workers that start at once wait for the one that makes it; it is written beside its place
and moved there whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from goaltables.extractors.engines.int8_model import RECIPE
from goaltables.records import Image

# Instructions that decide how products of 8-bit integers are added up.
_INSTRUCTIONS = ("avx2", "avx_vnni", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
BUILD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class LineSheet:
    """Line pictures of this project's own making: those to measure ranges on, and those to judge by, with
    what they say.
    """

    measured: tuple[Image, ...]
    judged: tuple[tuple[Image, str], ...]


def line_sheet() -> LineSheet:
    """The lines of ``extractors/data/lines.png`` (made by fixtures/make_lines.py)."""
    data = files("goaltables.extractors.data")
    content = json.loads(data.joinpath("lines.json").read_text(encoding="utf-8"))
    encoded = np.frombuffer(data.joinpath("lines.png").read_bytes(), np.uint8)
    sheet = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)
    height = content["height"]
    lines = [
        (sheet[k * height : (k + 1) * height, : line["width"]], line["text"])
        for k, line in enumerate(content["lines"])
    ]
    measured = content["measured"]
    return LineSheet(tuple(line for line, _ in lines[:measured]), tuple(lines[measured:]))


def fast_model(model: Path) -> Path | None:
    """The integer form of `model`, made now if need be; None where floats are to be used.

    `why_not` tells the reason then.
    """
    made = _cached(model)
    if not made.exists() and not _note(made).exists():
        _make(model, made)
    return made if made.exists() else None


def why_not(model: Path) -> str | None:
    """Why the integer form of `model` is not used on this machine; None where it is, or was not made yet."""
    note = _note(_cached(model))
    return note.read_text(encoding="utf-8") if note.exists() else None


def cache_folder() -> Path:
    """The user's cache folder for this program (it may not exist yet)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "goaltables"


def _cached(model: Path) -> Path:
    parts = (model.read_bytes(), onnxruntime.__version__.encode(), RECIPE.encode(), _processor().encode())
    key = hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
    return cache_folder() / f"{model.stem}-int8-{key}.onnx"


def _note(made: Path) -> Path:
    return made.with_suffix(".refused")


def _processor() -> str:
    """The machine's kind and those of its instructions that matter."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        flags = set()
    return " ".join([platform.machine(), *(name for name in _INSTRUCTIONS if name in flags)])


def _make(model: Path, made: Path) -> None:
    """Make the integer model in a process of its own: it needs memory that a worker should not keep."""
    try:
        made.parent.mkdir(parents=True, exist_ok=True)
        with _lock(made), tempfile.TemporaryDirectory(dir=made.parent, prefix="making-") as folder:
            if made.exists() or _note(made).exists():
                return  # another worker made it while this one waited
            target = Path(folder) / made.name
            maker = "goaltables.extractors.engines.fast_model_maker"
            command = [sys.executable, "-m", maker, str(model), str(target)]
            done = subprocess.run(command, capture_output=True, check=False, timeout=BUILD_SECONDS)  # noqa: S603
            if done.returncode == 0:
                _put(target, made)
            else:
                target.write_bytes(done.stderr[-2000:] or b"the maker ended without a word")
                _put(target, _note(made))
    except (OSError, subprocess.TimeoutExpired):
        return  # no folder to keep it in, or a machine too slow to make it: floats are used


def _put(source: Path, place: Path) -> None:
    with source.open("rb+") as written:
        os.fsync(written.fileno())
    source.replace(place)


@contextmanager
def _lock(made: Path) -> Iterator[None]:
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
