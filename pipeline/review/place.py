"""Where a desk stands: its OUT, where the inputs lie, and how documents are read there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from goaltables.pipeline.settings import ReadSettings, RunSettings


@dataclass(frozen=True, slots=True)
class Place:
    """`inputs` is the folder where the inputs lie now, None where they were read; `reading` and `running` are
    the settings of the digitize runs of this OUT.
    """

    out: Path
    reading: ReadSettings = field(default_factory=ReadSettings)
    running: RunSettings = field(default_factory=RunSettings)
    inputs: Path | None = None
