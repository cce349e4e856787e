"""A PostgreSQL of our own for the tests, from the programs of Debian's package ``postgresql``."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
START_SECONDS = 60


def programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``; None where the package is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """The URL of an empty data base, reached through a socket; the server dies with this process.

    PostgreSQL refuses to run as root: then it runs as the user that its package made.
    """
    place = Path(tempfile.mkdtemp(prefix="goaltables-pg-"))
    user = _user()
    if user is not None:
        os.chown(place, user.pw_uid, user.pw_gid)
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": place}
    if user is not None:
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    try:
        with (place / "log").open("wb") as log:
            options["stdout"] = log
            data = str(place / "data")
            initdb = [str(folder / "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8"]
            subprocess.run([*initdb, "--no-sync", "--locale=C"], check=True, **options)
            settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB"]
            command = [str(folder / "postgres"), "-D", data, "-k", str(place), *settings]
            server: subprocess.Popen[bytes] = subprocess.Popen(
                command, preexec_fn=_die_with_parent, **options
            )
        try:
            _wait_for(folder, place, server)
            yield f"postgresql://tester@/postgres?host={place}"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait_for(folder: Path, place: Path, server: subprocess.Popen[bytes]) -> None:
    ready = [str(folder / "pg_isready"), "-h", str(place), "-q"]
    until = time.monotonic() + START_SECONDS
    while subprocess.run(ready, check=False).returncode != 0:
        assert server.poll() is None, (place / "log").read_text()
        assert time.monotonic() < until, (place / "log").read_text()
        time.sleep(0.1)


def _user() -> pwd.struct_passwd | None:
    return pwd.getpwnam("postgres") if os.getuid() == 0 else None


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
