"""Pages drawn in a process of limited means: what is hostile costs its own picture and nothing else."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import cv2
import numpy as np
import pytest

from goaltables.pipeline.review.picture_request import Request
from goaltables.pipeline.review.pictures import NoPicture, Pictures
from goaltables.pipeline.settings import ReadSettings

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "documents"


def request(
    path: Path, page: int = 1, turn: int = 0, dpi: float = 60.0, crop: tuple[float, ...] | None = None
) -> Request:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    box = None if crop is None else (crop[0], crop[1], crop[2], crop[3])
    return Request(os.fsencode(path), sha256, page, turn, dpi, box)


def size(jpeg: bytes) -> tuple[int, int]:
    """Width and height."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.shape[1], picture.shape[0]


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    with Pictures(ReadSettings()) as opened:
        yield opened


def test_a_page_is_drawn_turned_and_cut(pictures: Pictures) -> None:
    path = FIXTURES / "seed_digital.pdf"
    wide, high = size(pictures.jpeg(request(path)))
    assert [wide, high] == pytest.approx([595.28 / 72 * 60, 841.89 / 72 * 60], abs=2)
    assert size(pictures.jpeg(request(path, turn=90))) == (high, wide)
    part = size(pictures.jpeg(request(path, crop=(100, 100, 220, 130))))
    assert list(part) == pytest.approx([100, 25], abs=2)


def test_a_crop_beyond_the_page_is_cut_at_its_edge(pictures: Pictures) -> None:
    path = FIXTURES / "seed_digital.pdf"
    wide, high = size(pictures.jpeg(request(path, crop=(500, 800, 900_000, 900_000))))
    assert wide < 100
    assert high < 50
    assert size(pictures.jpeg(request(path, crop=(900_000, 900_000, 900_001, 900_001)))) == (1, 1)


def test_a_picture_is_drawn_once(pictures: Pictures) -> None:
    wanted = request(FIXTURES / "seed_digital.pdf", page=2)
    assert pictures.jpeg(wanted) is pictures.jpeg(wanted)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("encrypted.pdf", "encrypted"),
        ("broken.pdf", "malformed"),
        ("empty.pdf", "empty"),
        ("project_office.xlsx", "unsupported"),
    ],
)
def test_what_cannot_be_drawn_says_why(pictures: Pictures, name: str, cause: str) -> None:
    with pytest.raises(NoPicture) as error:
        pictures.jpeg(request(FIXTURES / name))
    assert error.value.cause == cause
    assert pictures.jpeg(request(FIXTURES / "seed_digital.pdf"))


def test_a_file_that_is_another_one_now_is_not_shown(pictures: Pictures, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes((FIXTURES / "seed_digital.pdf").read_bytes())
    asked = request(path)
    path.write_bytes((FIXTURES / "project_digital.pdf").read_bytes())
    with pytest.raises(NoPicture) as changed:
        pictures.jpeg(asked)
    assert changed.value.cause == "changed"
    path.unlink()
    with pytest.raises(NoPicture) as gone:
        pictures.jpeg(
            request(FIXTURES / "seed_digital.pdf").__class__(os.fsencode(path), asked.sha256, 1, 0, 60.0)
        )
    assert gone.value.cause == "io"


def test_a_link_is_not_followed(pictures: Pictures, tmp_path: Path) -> None:
    link = tmp_path / "link.pdf"
    link.symlink_to(FIXTURES / "seed_digital.pdf")
    with pytest.raises(NoPicture) as error:
        pictures.jpeg(request(link))
    assert error.value.cause == "io"


def test_a_page_that_kills_its_reader_costs_its_picture_only() -> None:
    with Pictures(ReadSettings()) as pictures:
        path = FIXTURES / "seed_digital.pdf"
        pictures.jpeg(request(path))
        process = pictures._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)  # it hangs over the next page …
        death = Timer(0.5, os.kill, (process.pid, signal.SIGKILL))  # … and dies of it
        death.start()
        with pytest.raises(NoPicture) as error:
            pictures.jpeg(request(path, page=2))
        death.join()
        assert error.value.cause == "crash"
        assert pictures.jpeg(request(path, page=2))


def test_a_page_over_the_limit_is_refused_before_it_is_decoded() -> None:
    with Pictures(ReadSettings(max_megapixels=0.01)) as pictures:
        with pytest.raises(NoPicture) as error:
            pictures.jpeg(request(FIXTURES / "project_page.png"))
        assert error.value.cause == "limit"


def test_a_process_that_went_to_rest_is_started_again() -> None:
    with Pictures(ReadSettings()) as pictures:
        path = FIXTURES / "seed_digital.pdf"
        pictures.jpeg(request(path))
        process = pictures._process
        assert process is not None
        assert pictures._connection is not None
        pictures._connection.close()  # what it would see of a desk that is gone: it ends by itself
        assert process.wait(20) == 0
        pictures._connection = None
        assert pictures.jpeg(request(path, page=2))


def test_the_process_ends_with_the_desk() -> None:
    pictures = Pictures(ReadSettings())
    pictures.jpeg(request(FIXTURES / "seed_digital.pdf"))
    process = pictures._process
    assert process is not None
    pictures.close()
    assert process.poll() is not None
