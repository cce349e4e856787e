"""Places that are no folder of this machine: any URL that fsspec can open (``s3://bucket/folder``, …).

A path is a URL when it names a scheme. Everything else is a path of this machine and never comes here. How a
store is reached (endpoint, keys) is the business of its own environment variables and files, which every
process of the run inherits; nothing of it stands in a setting, a log or a record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from goaltables.errors import DependencyMissing, UsageError
from goaltables.pipeline.messages import say

SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://")
LOCAL_SCHEME: Final = re.compile(r"(?:file|local)://", re.IGNORECASE)
# What a listing says about the content of an object, best first: equal marks mean equal bytes.
CONTENT_MARKS: Final = (
    "ETag",
    "etag",
    "content_md5",
    "md5Hash",
    "generation",
    "LastModified",
    "mtime",
    "created",
)


def is_url(path: bytes | str) -> bool:
    """Whether a path names a scheme."""
    raw = path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path
    return SCHEME.match(raw) is not None


def without_local_scheme(path: str) -> str:
    """``file:///a/b`` is a path of this machine."""
    return LOCAL_SCHEME.sub("", path, count=1)


@cache
def filesystem(scheme: str) -> Any:
    """The fsspec file system of a scheme, asking the store anew each time.

    Raises DependencyMissing: its package is not installed. UsageError: there is no such scheme.
    """
    try:
        import fsspec
    except ModuleNotFoundError as error:
        raise DependencyMissing("fsspec", "python -m pip install 'goaltables[s3]'") from error
    try:
        return fsspec.filesystem(scheme, use_listings_cache=False)
    except ImportError as error:
        extra = "python -m pip install 'goaltables[s3]'" if scheme in ("s3", "s3a") else str(error)
        raise DependencyMissing(f"the package that opens {scheme}://", extra) from error
    except ValueError as error:
        raise UsageError(say("url-scheme-unknown", scheme=scheme)) from error


def refuse_chained(url: str) -> None:
    """Raises UsageError: a chain of places (``zip://a.pdf::s3://…``) is no place to list or to write."""
    if "::" in url:
        raise UsageError(say("url-chained", url=url))


def opened(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it. Raises as `filesystem`."""
    fs = filesystem(url.partition("://")[0].lower())
    return fs, str(fs._strip_protocol(url)).rstrip("/")


def mark_of(info: Mapping[str, Any]) -> str:
    """What a store says about an object's content: its size and the best sign of a change it has."""
    sign = next((str(info[key]) for key in CONTENT_MARKS if info.get(key)), "")
    return f"{info.get('size')}:{sign}"
