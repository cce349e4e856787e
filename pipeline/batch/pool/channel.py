"""Messages between the pool and its processes: a kind, a length, the content.

What comes from them is JSON and bytes, never pickles.

===========  =========  =================================================================
to the server that workers are forked from
``START``    pickle     settings and reader; the only pickle, to a process that has read nothing
``FORK``     JSON, fds  fork a worker: its temporary folder; its channel, where it prints
``END``      JSON       end a worker and all it started
from it
``READY``    –          its libraries are loaded
``MISSING``  JSON       a dependency is not installed: no document can be read
``FORKED``   JSON       the worker's process id
``ENDED``    JSON       how it had ended: exit code (negative: a signal), peak memory
to a worker
``OPEN``     JSON       the file to open
``PAGE``     JSON       the page to read
``MAKE``     JSON, fd   make the record of the pages that lie in the file behind the descriptor
from it
``OPENED``   JSON       the facts of the file and its state
``READ``     page data  a page was read
``MADE``     JSON       counts of the record, which follows as ``RECORD``
``FAILED``   JSON       what it was asked for last cannot be done: class and message
``MISSING``  JSON       as above: of what only some documents need
===========  =========  =================================================================
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

HEAD: Final = struct.Struct("!cI")
CHUNK_BYTES: Final = 1 << 18
MAX_DESCRIPTORS: Final = 4


class Kind(Enum):
    """What a message is."""

    START = b"s"
    FORK = b"f"
    END = b"e"
    READY = b"Y"
    FORKED = b"K"
    ENDED = b"E"
    OPEN = b"o"
    PAGE = b"p"
    MAKE = b"m"
    OPENED = b"O"
    READ = b"R"
    MADE = b"M"
    RECORD = b"D"
    FAILED = b"F"
    MISSING = b"X"


# Descriptors that come with a message. They may come in with the bytes of the message before.
DESCRIPTORS: Final = {Kind.FORK: 2, Kind.MAKE: 1}


class BrokenChannel(Exception):
    """What came is no message of ours, or a longer one than may be."""


def message(kind: Kind, content: bytes) -> bytes:
    return HEAD.pack(kind.value, len(content)) + content


def as_json(content: object) -> bytes:
    return json.dumps(content).encode()


class PoolEnd:
    """The pool's end: it never waits for the worker, neither to hear nor to be heard."""

    def __init__(self, sock: socket.socket, max_bytes: int) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._max_bytes = max_bytes
        self._received = bytearray()
        self.is_closed = False

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, kind: Kind, content: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send a short message. When the worker is dead or does not listen, its death or its clock tells."""
        with contextlib.suppress(OSError):
            socket.send_fds(self._socket, [message(kind, content)], list(descriptors))

    def messages(self) -> Iterator[tuple[Kind, bytes]]:
        """What has come in whole. Raises BrokenChannel."""
        self._receive()
        while len(self._received) >= HEAD.size:
            code, length = HEAD.unpack_from(self._received)
            if length > self._max_bytes:
                raise BrokenChannel(f"a message of {length} bytes")
            end = HEAD.size + length
            if len(self._received) < end:
                return
            content = bytes(memoryview(self._received)[HEAD.size : end])
            del self._received[:end]
            try:
                kind = Kind(code)
            except ValueError as error:
                raise BrokenChannel("no message of ours") from error
            yield kind, content

    def _receive(self) -> None:
        """Take what is there, a message's length at the most: a flood of them is taken piece by piece."""
        room = self._max_bytes + HEAD.size - len(self._received)
        while room > 0:
            try:
                chunk = self._socket.recv(min(CHUNK_BYTES, room))
            except BlockingIOError:
                return
            except OSError:
                chunk = b""
            if not chunk:
                self.is_closed = True
                return
            self._received += chunk
            room -= len(chunk)

    def close(self) -> None:
        self._socket.close()


class WorkerEnd:
    """The other end: it waits. (So does the pool while the server forks or ends a worker for it.)"""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._received = bytearray()
        self._descriptors: list[int] = []

    def send(self, kind: Kind, content: bytes = b"", descriptors: Sequence[int] = ()) -> None:
        data = message(kind, content)
        sent = socket.send_fds(self._socket, [data], list(descriptors))
        self._socket.sendall(memoryview(data)[sent:])

    def receive(self) -> tuple[Kind, bytes, list[int]]:
        """The next message, and the descriptors that came with it. Raises EOFError."""
        code, length = HEAD.unpack(self._take(HEAD.size))
        content, kind = self._take(length), Kind(code)
        return kind, content, [self._descriptors.pop(0) for _ in range(DESCRIPTORS.get(kind, 0))]

    def close(self) -> None:
        self._socket.close()

    def _take(self, count: int) -> bytes:
        while len(self._received) < count:
            data, descriptors, _, _ = socket.recv_fds(self._socket, CHUNK_BYTES, MAX_DESCRIPTORS)
            if not data:
                raise EOFError
            self._received += data
            for descriptor in descriptors:
                os.set_inheritable(descriptor, False)
            self._descriptors += descriptors
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken
