"""The inputs under a URL: one listing, which also tells the state of every file.

Names decide here, for a look into each of ten thousand objects is ten thousand requests: a file without the
suffix of a document is left out and counted. Only of ``.txt`` the beginning is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from goaltables.errors import UsageError
from goaltables.pipeline.batch.record_names import record_name, shown_path
from goaltables.pipeline.batch.remote import is_url, mark_of, opened, refuse_chained
from goaltables.pipeline.batch.sources.input_file import files_at
from goaltables.pipeline.batch.sources.inputs import (
    DUMP_SAMPLE_BYTES,
    Input,
    begins_like_a_document,
    is_hidden,
    is_named_like_a_document,
    is_named_like_a_dump,
    kind_of,
)
from goaltables.pipeline.messages import say


def search_url(url: str, out: str, left_out: Counter[str], *, is_alone: bool) -> Iterator[Input]:
    """The inputs at a URL: the object itself, or all whose names begin with it and a slash.

    Raises UsageError (it cannot be listed, is OUT, or is empty), DependencyMissing.
    """
    refuse_chained(url)
    fs, root = opened(url)
    try:
        listing: Mapping[str, Mapping[str, Any]] = fs.find(root, detail=True)
    except Exception as error:  # what a store raises depends on the store
        raise UsageError(say("input-unreadable", path=url, reason=type(error).__name__)) from error
    if not listing:
        raise UsageError(say("url-empty", path=url))
    place_of_out = opened(out)[1] if is_url(out) and opened(out)[0] is fs else None
    if root == place_of_out:
        raise UsageError(say("input-is-output", path=url))
    prefix = "" if is_alone else root.rpartition("/")[2] + "/"
    for place, info in sorted(listing.items()):
        name = place.rpartition("/")[2]
        if info.get("type") == "directory" or not name:
            continue
        if place_of_out is not None and place.startswith(place_of_out + "/"):
            continue
        relative = name if place == root else prefix + place.removeprefix(root + "/")
        is_given = place == root
        yield from _object(str(fs.unstrip_protocol(place)), relative, info, left_out, is_given=is_given)


def _object(
    url: str, relative: str, info: Mapping[str, Any], left_out: Counter[str], *, is_given: bool
) -> Iterator[Input]:
    path, raw = (text.encode("utf-8", "surrogateescape") for text in (url, relative))
    name = raw.rpartition(b"/")[2]
    if not is_given and any(is_hidden(part) for part in raw.split(b"/")):
        left_out["hidden"] += 1
    elif is_given or is_named_like_a_document(name) or _is_dump(path, name):
        yield Input(path, shown_path(raw), record_name(raw), state=mark_of(info))
    else:
        left_out[kind_of(name)] += 1


def _is_dump(path: bytes, name: bytes) -> bool:
    return is_named_like_a_dump(name) and begins_like_a_document(
        files_at(path).head(path, DUMP_SAMPLE_BYTES), is_text=True
    )
