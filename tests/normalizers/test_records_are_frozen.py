"""Records are handed on, not changed: every data class of the package is frozen and has slots."""

from __future__ import annotations

import pkgutil
from dataclasses import is_dataclass
from importlib import import_module

import goaltables.normalizers

# Made step by step by the one function that returns them.
BUILT = {"Prelude", "HeaderReading"}


def test_records_are_frozen_and_have_slots() -> None:
    found = set()
    for info in pkgutil.walk_packages(goaltables.normalizers.__path__, "goaltables.normalizers."):
        module = import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, type) and is_dataclass(value) and value.__module__ == info.name:
                found.add(name)
                assert "__slots__" in vars(value), f"{info.name}.{name} has no slots"
                is_frozen: bool = value.__dataclass_params__.frozen  # type: ignore[attr-defined]
                assert is_frozen is (name not in BUILT), f"{info.name}.{name}"
    assert found > BUILT
