"""What records say, told in the reader's language: every failure the code can raise has its Chinese."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from goaltables.errors import DocumentError, document_error
from goaltables.extractors.files import sniff
from goaltables.normalizers.findings import make_finding
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.record_messages import say_failure, say_finding, say_message

ROOT = Path(__file__).resolve().parents[2]
REASONS = tomllib.loads((ROOT / "pipeline/data/failure_reasons.toml").read_text(encoding="utf-8"))["reason"]
# What is raised -> which of its arguments is the message.
RAISED = {kind.__name__: 0 for kind in DocumentError.__subclasses__()} | {"Failure": 1}
CHINESE = re.compile("[\u4e00-\u9fff]")
FILLED = "17"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    use_language("zh")
    yield
    use_language("en")


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    return {
        node.target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
    }


def message_of(node: ast.expr, known: Mapping[str, ast.expr]) -> str | None:
    """A message as it may come out, something in the place of each value; None when it is made elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(p.value) if isinstance(p, ast.Constant) else FILLED for p in parts)
        case ast.Name(id=name) if name in known:
            return message_of(known[name], known)
        case _:
            return None


def raised_messages() -> Iterator[tuple[str, str]]:
    """(where, message) of every failure that is written out where it is raised."""
    for folder in ("extractors", "pipeline"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            known = constants(tree)
            for node in ast.walk(tree):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                    continue
                place = RAISED.get(node.func.id)
                if place is not None and len(node.args) > place:
                    message = message_of(node.args[place], known)
                    if message is not None:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", message


def test_every_failure_that_is_raised_can_be_told_in_chinese() -> None:
    raised = list(raised_messages())
    assert len(raised) > 50
    assert [(where, said) for where, said in raised if not CHINESE.search(say_failure(said))] == []


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason["en"][:40])
def test_a_reason_is_found_by_what_it_says_and_keeps_what_was_filled_in(reason: dict[str, str]) -> None:
    names = re.findall(r"\{(\w+)\}", reason["en"])
    assert sorted(names) == sorted(re.findall(r"\{(\w+)\}", reason["zh"]))
    values = {name: f"{FILLED}{number}" for number, name in enumerate(names)}
    assert say_failure(reason["en"].format(**values)) == reason["zh"].format(**values)


def test_what_a_file_is_and_what_to_do_are_told_in_chinese() -> None:
    kinds = [kind for *_, kind in (*sniff.NOT_READ, *sniff.OLE_KINDS, *sniff.ZIP_KINDS)]
    assert [kind for kind in (*kinds, *sniff.REMEDIES.values()) if say_failure(kind) == kind] == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{\\rtf1 hello}", "内容是RTF 文档.*请打开后另存为"),
        (b"<html><body>no</body></html>", "内容是网页"),
        (b"<?xml version='1.0'?><a/>", "内容是XML 文件"),
        (b"PK\x03\x04 cut", "内容是损坏的 zip 压缩包"),
        (b"good morning", "内容是纯文本"),
        (bytes(range(1, 32)) * 9, "内容是未知类型的数据"),
        (sniff.OLE + bytes(600), "内容是旧版 Microsoft Office 文件"),
    ],
)
def test_a_file_that_is_not_read_is_named_in_chinese(data: bytes, told: str) -> None:
    with pytest.raises(DocumentError) as raised:
        sniff.sniff(data)
    assert re.search(told, say_failure(str(raised.value)))


def test_a_message_of_a_library_stays_as_it_is() -> None:
    assert say_failure("TypeError: it broke") == "TypeError: it broke"
    assert say_failure("page 3 cannot be drawn: out of {paper}") == "第 3 页无法绘制：out of {paper}"


def test_english_readers_read_the_record() -> None:
    use_language("en")
    said = str(document_error("empty", "the file has no bytes; fetch it again from its source"))
    assert say_failure(said) == said


def test_findings_are_told_in_one_language() -> None:
    failed = make_finding("page-failed", "page 2: limit: more than 3 CPU seconds; raise --timeout").message
    assert say_finding("row-total-mismatch") == "总额与各项之和不符"
    assert say_message("row-total-mismatch", "甲 | a") == "甲"
    assert say_message("page-failed", failed) == (
        "页面处理失败：第 2 页：超出限制：超过 3 秒 CPU 时间；请调高 --timeout"
    )
    use_language("en")
    assert say_finding("row-total-mismatch") == "A total is not the sum of its parts"
    assert say_message("row-total-mismatch", "甲 | a") == "a"
    assert say_message("page-failed", failed).startswith("A page could not be read: page 2: limit: more")
    assert (say_finding("no-such-code"), say_message("no-such-code", "甲")) == ("no-such-code", "甲")
