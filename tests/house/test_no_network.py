"""Nothing is reported to anybody: reading needs no network, and no library uses it behind our back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# A talk with another machine begins by looking its name up. A library in C does that unseen by Python, but
# what it wants to send it keeps in the home folder until then.
BUILD = """
import socket
def refuse(*place, **more):
    raise AssertionError(f"a name was looked up: {place}")
socket.getaddrinfo = socket.create_connection = refuse
from goaltables.extractors.engines import build_engine
build_engine("rapidocr")
"""


@pytest.mark.engine
def test_a_recogniser_leaves_no_device_id_and_looks_nobody_up(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY",)}
    clean |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", BUILD], env=clean, check=True, timeout=120)
    assert list(tmp_path.rglob("*")) == []
