"""Domain knowledge as data: TOML and CSV files that people edit, read once.

Code holds grammar, these files hold cases. Every entry says where it comes from.

>>> load_rows("operators.csv")[0]["operator"]
'>='
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def _text(name: str, package: str = __name__) -> str:
    return files(package).joinpath(*name.split("/")).read_text(encoding="utf-8")


@cache
def load_toml(name: str) -> dict[str, Any]:
    """The TOML file `name` (``units.toml``, ``forms/project.toml``); shared, so callers do not change it."""
    return tomllib.loads(_text(name))


@cache
def toml_names(folder: str) -> tuple[str, ...]:
    """The TOML files of `folder` (``forms``) as `load_toml` takes them, in the order of their names."""
    found = files(__name__).joinpath(folder).iterdir()
    return tuple(sorted(f"{folder}/{file.name}" for file in found if file.name.endswith(".toml")))


@cache
def load_rows(name: str, package: str = __name__) -> tuple[dict[str, str], ...]:
    """The rows of the CSV file `name`, each a dictionary by its header line. Blank fields are "".

    `package`: where the file lies, when it is not ours alone (``goaltables``).
    """
    return tuple(csv.DictReader(_text(name, package).splitlines()))
