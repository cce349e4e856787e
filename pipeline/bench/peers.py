"""The tools that are compared, and the environments they run in."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from goaltables.errors import DependencyMissing
from goaltables.pipeline.messages import say


@dataclass(frozen=True, slots=True)
class Tool:
    """A row of data/bench.toml. Our own tool has no `environment`: it runs in this one."""

    id: str
    entry: str
    kinds: tuple[str, ...]
    cells: bool
    environment: str = ""
    packages: tuple[str, ...] = ()

    def python(self, peers: Path | None) -> Path | None:
        """The interpreter it runs with; None where it is not installed."""
        if not self.environment:
            return Path(sys.executable)
        python = peers / self.environment / "bin" / "python" if peers else None
        return python if python and python.exists() else None


@cache
def tools() -> tuple[Tool, ...]:
    """Every tool, ours first."""
    source = resources.files("goaltables.pipeline.data").joinpath("bench.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))["tool"]
    return tuple(
        Tool(**row | {"kinds": tuple(row["kinds"]), "packages": tuple(row.get("packages", ()))})
        for row in rows
    )


def install_peers(folder: Path, tell: Callable[[str], None]) -> None:
    """Make each peer's environment under `folder`: apart from ours and from each other, their needs differ.

    Raises DependencyMissing: one cannot be installed.
    """
    wanted = {tool.environment: tool.packages for tool in tools() if tool.environment}
    for name, packages in wanted.items():
        tell(say("bench-installing", packages=" ".join(packages), folder=folder / name))
        venv.create(folder / name, with_pip=True)
        command = [str(folder / name / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages]
        # pip's own words go to stderr: stdout holds results only.
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode:  # noqa: S603
            raise DependencyMissing(name, " ".join(command))
