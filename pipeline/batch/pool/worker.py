"""A worker process: opens documents, reads pages and makes records, one step at a time, until told to stop.

It is forked by ``fork_server.py`` into a session of its own, so that whatever it starts (Tesseract) can be
ended with it. CPU seconds are the kernel's to count (RLIMIT_CPU): a loaded machine does not make a document
fail. The limit is set anew for each step. The document that was opened last stays open until the next one.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import math
import os
import resource
import socket
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any, Final

from goaltables.errors import DependencyMissing
from goaltables.pipeline.batch.ledgers.entry import Counts
from goaltables.pipeline.batch.pool.channel import Kind, WorkerEnd, as_json
from goaltables.pipeline.batch.pool.page_data import from_data, to_data
from goaltables.pipeline.batch.pool.spool import read_span
from goaltables.pipeline.batch.reading import open_pages
from goaltables.pipeline.batch.sources.input_file import InputBytes, read_input, sniff_media_type
from goaltables.pipeline.page_outcome import (
    Failure,
    FileFacts,
    OpenedPages,
    Reader,
    failure_of,
    page_outcome,
)
from goaltables.pipeline.settings import ReadSettings
from goaltables.records import PageProblem

# Files a reader may write (Tesseract's pictures and tables).
MAX_FILE_BYTES: Final = 1 << 30

# A page is some ten thousand objects, nearly all freed by their counts: with the usual 700 a sixth of the
# time of digital documents went into looking for circles among them.
YOUNG_OBJECTS: Final = 20_000
# Digital pages stay below it: they would only fetch again what they gave back.
MUCH_MEMORY: Final = 200 << 20


def serve(sock: socket.socket, settings: ReadSettings, reader: Reader) -> None:
    """Serve the pool until it closes the channel."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    _limit_memory(settings.memory_megabytes)
    gc.set_threshold(YOUNG_OBJECTS)
    channel = WorkerEnd(sock)
    try:
        Worker(channel, settings, reader).serve()
    except DependencyMissing as error:
        channel.send(Kind.MISSING, as_json([error.what, error.remedy]))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


class Worker:
    """The steps a worker knows."""

    def __init__(self, channel: WorkerEnd, settings: ReadSettings, reader: Reader) -> None:
        self._channel = channel
        self._settings = settings
        self._reader = reader
        self._pages: OpenedPages | None = None

    def serve(self) -> None:
        """Do what the pool asks for. Raises EOFError when it has closed, DependencyMissing."""
        while True:
            kind, content, descriptors = self._channel.receive()
            asked = json.loads(content)
            _forget_peak()
            _allow_cpu_seconds(asked["cpu_seconds"])
            if kind is Kind.OPEN:
                self._open(os.fsencode(asked["path"]))
            elif kind is Kind.PAGE:
                self._read(asked["page"])
            else:
                self._make(descriptors[0], asked)
            resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            _return_memory()

    def _open(self, path: bytes) -> None:
        self._close()
        found: InputBytes | None = None
        try:
            found = read_input(path, self._settings.max_bytes)
            self._pages = open_pages(found.data, self._settings, self._reader)
        except DependencyMissing:
            raise
        except Exception as error:
            self._failed(failure_of(error), found)
            return
        facts = asdict(self._pages.facts)
        self._channel.send(Kind.OPENED, as_json({"facts": facts, "state": found.state}))

    def _read(self, number: int) -> None:
        assert self._pages is not None  # noqa: S101 - the pool asks for pages of what it has opened
        outcome = page_outcome(self._pages, number)
        if outcome.failure is None:
            try:
                data = to_data(outcome)
                if len(data) <= self._settings.max_record_bytes:
                    self._channel.send(Kind.READ, data)
                    return
                failure = Failure(
                    "limit", "what was read on the page is too long; raise max_record_megabytes"
                )
            except (ValueError, MemoryError) as error:
                failure = failure_of(error)
        else:
            failure = outcome.failure
        self._failed(failure)

    def _make(self, descriptor: int, asked: dict[str, Any]) -> None:
        try:
            outcomes = [
                from_data(number, read_span(descriptor, (offset, length)))
                for number, (offset, length) in enumerate(asked["spans"], start=1)
            ]
            facts = _facts(asked["facts"])
            document = self._reader.make_document(facts, outcomes, asked["shown"], self._settings)
            record = document.to_json()
            counts = Counts.of(document)
        except DependencyMissing:
            raise
        except Exception as error:
            self._failed(failure_of(error))
            return
        finally:
            os.close(descriptor)
        if len(record) > self._settings.max_record_bytes:
            allowed = self._settings.max_record_megabytes
            message = f"the record would have more than {allowed:g} MB; raise max_record_megabytes"
            self._failed(Failure("limit", message))
            return
        self._channel.send(Kind.MADE, as_json(astuple(counts)))
        self._channel.send(Kind.RECORD, record)

    def _failed(self, failure: Failure, found: InputBytes | None = None) -> None:
        content: dict[str, object] = {"failure": astuple(failure)}
        if found is not None:
            content |= {
                "sha256": found.sha256,
                "size": len(found.data),
                "media_type": sniff_media_type(found.data),
            }
        self._channel.send(Kind.FAILED, as_json(content))

    def _close(self) -> None:
        if self._pages is not None:
            self._pages.__exit__(None, None, None)
            self._pages = None


def _facts(content: dict[str, Any]) -> FileFacts:
    problems = tuple(PageProblem(**problem) for problem in content["problems"])
    return FileFacts(**content | {"problems": problems})


def _allow_cpu_seconds(seconds: float) -> None:
    """Let this process use `seconds` more; then the kernel ends it with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _forget_peak() -> None:
    """Let the peak of memory that the kernel keeps be that of this step: it tells why a worker died."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _return_memory() -> None:
    """Give back what a page's pictures took: the C library keeps a hundred MB in pieces for the next ones.

    Where it has no such call (musl), nothing is given back.
    """
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    if resident > MUCH_MEMORY and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def _limit_memory(megabytes: int) -> None:
    """Bound what may be allocated beyond what is loaded now. The pool watches what is really used; this ends
    an allocation that is quicker than the pool's eye.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    loaded = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))
    limit = loaded + megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
