"""The record of an input of which nothing could be read.

Nothing is lost: a broken file has a record like every other, with a class and a message a person can act on.
Kept apart from the stages so that the process that leads the batch never loads a reader.
"""

from __future__ import annotations

from goaltables.document import Document, DocumentFailure, DocumentSource, EngineIdentity
from goaltables.pipeline.settings import ReadSettings, package_version

UNKNOWN_MEDIA_TYPE = "application/octet-stream"


def failed_document(
    error_class: str,
    message: str,
    *,
    path: str,
    settings: ReadSettings,
    sha256: str = "",
    size: int = 0,
    media_type: str | None = None,
) -> Document:
    """The failed record. `sha256` is empty when not even the bytes could be had."""
    return Document(
        status="failed",
        error=DocumentFailure(error_class=error_class, message=message),
        source=DocumentSource(
            path=path, sha256=sha256, bytes=size, media_type=media_type or UNKNOWN_MEDIA_TYPE, page_count=0
        ),
        engine=EngineIdentity(
            goaltables=package_version(),
            reader="",
            model="",
            config_sha256=settings.config_sha256(sha256),
        ),
    )
