"""Servers that several tests talk to: started once, for the tests that ask for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from postgres_server import programs, running_server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL of our own."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running_server(folder) as url:
        yield url
