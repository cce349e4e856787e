"""goaltables: clean data from Chinese budget-performance goal tables (绩效目标表).

::

    from goaltables import digitize, parse_value, complete_name, load_records

    digitize("a.pdf").tables[0].indicators[0].full_name
    parse_value("≥38人").value           # Decimal("38")

The four names are loaded when they are first used: importing the package costs nothing.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goaltables.normalizers.names.indicator_name import complete_name
    from goaltables.normalizers.values.target_value import parse_value
    from goaltables.pipeline.api import digitize
    from goaltables.pipeline.dataset.frames import load_records

# ONNX Runtime 1.32 reports its use to its maker unless this stands in the environment before it is loaded.
# Nothing of ours goes over the network, nor does it start a thread and write a device id for that.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__all__ = ["complete_name", "digitize", "load_records", "parse_value"]

_HOMES = {
    "complete_name": "goaltables.normalizers.names.indicator_name",
    "digitize": "goaltables.pipeline.api",
    "load_records": "goaltables.pipeline.dataset.frames",
    "parse_value": "goaltables.normalizers.values.target_value",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
