"""One document from Python, in this process: ``goaltables.digitize("a.pdf")``."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from goaltables.document import Document
from goaltables.errors import UsageError
from goaltables.pipeline.batch.reading import read_record, stages_reader
from goaltables.pipeline.batch.record_names import shown_path
from goaltables.pipeline.learnt_file import taken_terms
from goaltables.pipeline.messages import say
from goaltables.pipeline.settings import FILE_KEYS, READ_KEYS, ReadSettings, check_key, read_passwords


def digitize(path: str | os.PathLike[str], **options: Any) -> Document:
    """Read one file into its record.

    The options are the reading options of the command line (`ocr`, `max_pages`, `max_megapixels`,
    `max_megabytes`, `password_file`, `vocabulary_file`), and `passwords`, a sequence of texts. `timeout` and
    `memory_megabytes` are limits of worker processes and do nothing here.

    A document of which nothing can be read comes back as its failed record, as in a batch: `status` is
    ``failed`` and `error` says the class and what to do. Look at `status` before at `tables`.

    Raises UsageError (an option that does not exist, or a value that it cannot have), DependencyMissing (of
    the chosen recogniser).
    """
    settings = _settings(options)
    raw = os.fsencode(Path(path).resolve())
    return read_record(raw, shown_path(os.path.basename(raw)), settings, stages_reader()).document  # noqa: PTH119


def _settings(options: dict[str, Any]) -> ReadSettings:
    passwords = tuple(options.pop("passwords", ()))
    for key, value in options.items():
        check_key(key, str(value) if key in FILE_KEYS else value, where="digitize()")
        if key not in READ_KEYS and key not in FILE_KEYS:
            raise UsageError(say("option-of-batch", key=key))
    if "password_file" in options:
        passwords += read_passwords(Path(options.pop("password_file")))
    vocabulary = taken_terms(Path(options.pop("vocabulary_file"))) if "vocabulary_file" in options else ()
    return replace(ReadSettings(**options), passwords=passwords, vocabulary=vocabulary)
