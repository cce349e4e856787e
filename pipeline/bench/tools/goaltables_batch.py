"""goaltables as a batch: ``digitize FOLDER --workers 1`` with its worker, its ledger and its dataset."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from typing import Any


def build() -> tuple[str, Callable[[str], dict[str, Any]]]:
    return f"goaltables {metadata.version('goaltables')}", read


def read(folder: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "goaltables", "digitize", folder, "--out", out, "--workers", "1"]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)  # noqa: S603
    return {}
