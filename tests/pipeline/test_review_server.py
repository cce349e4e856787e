"""The desk over the wire: what pages ask and what they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_client import Client, opened_client
from made_record import GOALS, made_document, made_table, write_record

from goaltables.document import Document
from goaltables.pipeline.review.proposals import FILE_NAME, read_proposals
from goaltables.pipeline.review.store import ReviewStore

CUT = (("质量指标", "护边员执勤补助发放准确", "=100%", 0.99), *GOALS)
DOCUMENT = made_document(made_table(goals=CUT, cut=(CUT[0][1],)))
API = f"/api/documents/{DOCUMENT.source.sha256}"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    write_record(tmp_path, DOCUMENT)
    return tmp_path


@pytest.fixture
def client(out: Path) -> Iterator[Client]:
    with opened_client(out) as opened:
        yield opened


def table(client: Client) -> Any:
    return client.get(f"{API}/tables/0").json()


def item(client: Client, role: str, machine: str) -> Any:
    (found,) = [i for i in table(client)["items"] if (i["role"], i["machine"]) == (role, machine)]
    return found


def decide(client: Client, of: Any, action: str, text: str | None = None, note: str = "") -> Any:
    body = {"key": of["key"], "action": action, "text": text, "seen": of["seen"], "note": note}
    return client.post(f"{API}/decisions", body)


def test_the_queue_lists_what_needs_a_person_most_first(out: Path) -> None:
    sure = made_document(made_table(money=(), goals=GOALS[:1]), path="sure.pdf")
    write_record(out, sure, "sure.pdf.json")
    with opened_client(out) as client:
        html = client.get("/?all=1").text
        assert html.index("a.pdf") < html.index("sure.pdf")
        assert client.get(f"/api/next/{sure.source.sha256}").json() == {"sha256": DOCUMENT.source.sha256}
        assert client.get(f"/api/next/{DOCUMENT.source.sha256}").json() == {"sha256": None}


def test_a_failed_document_is_listed_and_cannot_be_opened(out: Path) -> None:
    text = (out / "documents" / "a.pdf.json").read_text(encoding="utf-8")
    record = json.loads(text) | {
        "status": "failed",
        "tables": [],
        "error": {"class": "encrypted", "message": "m"},
    }
    record["source"] |= {"path": "locked.pdf", "sha256": ""}
    (out / "documents" / "locked.pdf.json").write_text(json.dumps(record), encoding="utf-8")
    with opened_client(out) as client:
        html = client.get("/").text
        assert "locked.pdf" in html
        assert 'href="/documents/"' not in html


def test_a_file_that_is_no_record_does_not_stop_the_desk(out: Path) -> None:
    (out / "documents" / "torn.json").write_bytes(b"{")
    with opened_client(out) as client:
        assert client.get("/").status == 200


def test_a_decision_changes_the_text_the_sums_and_the_progress(client: Client) -> None:
    before = table(client)
    wrong = [s["code"] for s in before["sums"] if s["right"] is False]
    assert wrong == ["row-total-mismatch", "column-total-mismatch"]
    answer = decide(client, item(client, "budget.fiscal", "81.50"), "correct", "80.50")
    assert answer.status == 200
    after = answer.json()
    assert [s["code"] for s in after["sums"] if s["right"] is False] == []
    assert after["waiting"] < before["waiting"]
    changed = {i["machine"]: i for i in after["items"]}
    assert (changed["81.50"]["text"], changed["81.50"]["status"]) == ("80.50", "corrected")
    assert changed["81.50"]["decision"]["by"] == "测试员"
    assert "80.50" in changed  # its sum comes out, so it does not wait any more
    assert "补助发放准确率" not in changed


def test_a_preview_keeps_nothing(client: Client, out: Path) -> None:
    of = item(client, "indicator.value_text", "290%")
    shown = client.post(f"{API}/preview", {"key": of["key"], "text": "≥90%"}).json()
    (now,) = [i for i in shown["items"] if i["key"] == of["key"]]
    assert (now["rule"]["operator"], now["rule"]["value"], now["rule"]["unit"]) == (">=", "90", "%")
    with ReviewStore(out) as store:
        assert list(store.all_decisions()) == []
    assert item(client, "indicator.value_text", "290%")["text"] == "290%"


def test_alternatives_come_from_operators_names_and_sums(client: Client) -> None:
    value = item(client, "indicator.value_text", "290%")
    assert [(a["text"], a["origin"]) for a in value["alternatives"]] == [("≥90%", "operator")]
    name = item(client, "indicator.full_name", "护边员执勤补助发放准确率")
    assert {a["origin"] for a in name["alternatives"]} == {"printed"}
    amount = item(client, "budget.fiscal", "81.50")
    assert [(a["text"], a["origin"]) for a in amount["alternatives"]] == [("80.50", "arithmetic")]
    # The total fits its own column: arithmetic gives no reason to change it.
    assert item(client, "budget.total", "80.50")["alternatives"] == []


def test_an_undo_gives_the_machines_text_back_and_is_kept(client: Client, out: Path) -> None:
    decide(client, item(client, "indicator.value_text", "≥8次"), "correct", "≥3次")
    decided = item(client, "indicator.value_text", "≥8次")
    assert decide(client, decided, "undo").status == 200
    undone = item(client, "indicator.value_text", "≥8次")
    assert (undone["text"], undone["status"], undone["decision"]) == ("≥8次", "pending", None)
    assert undone["seen"] != decided["seen"]
    with ReviewStore(out) as store:
        assert [d.action for d in store.all_decisions()] == ["correct", "undo"]


def test_who_did_not_see_the_last_decision_is_told_of_it(client: Client) -> None:
    stale = item(client, "indicator.value_text", "≥8次")
    client.post("/api/visit", {"name": "乙"})
    decide(client, stale, "correct", "≥3次")
    client.post("/api/visit", {"name": "甲"})
    answer = decide(client, stale, "correct", "≥5次")
    assert answer.status == 409
    assert (answer.json()["current"]["by"], answer.json()["current"]["after"]) == ("乙", "≥3次")
    now = item(client, "indicator.value_text", "≥8次")
    assert now["text"] == "≥3次"
    assert decide(client, now, "correct", "≥5次").status == 200


def test_a_flag_keeps_the_text_and_its_note(client: Client) -> None:
    of = item(client, "indicator.value_text", "≥8次")
    decide(client, of, "flag", note="看不清")
    flagged = item(client, "indicator.value_text", "≥8次")
    assert (flagged["status"], flagged["text"], flagged["decision"]["note"]) == ("flagged", "≥8次", "看不清")
    assert flagged["needs"][0]["code"] == "flagged"


def test_people_see_each_other_and_the_number_of_decisions(out: Path) -> None:
    with opened_client(out) as client:
        one, other = Client(client.app), Client(client.app)
        for who, name in ((one, "甲"), (other, "乙")):
            who.post("/api/visit", {"name": name})
            who.get("/")
        assert one.get(f"{API}/presence").json() == {"taken": [], "version": 0}
        assert other.get(f"{API}/presence").json() == {"taken": ["甲"], "version": 0}
        decide(other, item(other, "indicator.value_text", "≥8次"), "accept")
        assert one.get(f"{API}/presence").json() == {"taken": ["乙"], "version": 1}
        html = one.get("/").text
        assert "乙" in html


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        {"key": "x"},
        {"key": "x", "action": "delete"},
        {"key": "x", "action": "accept", "more": 1},
        {"key": "x", "action": "correct", "text": "x" * 30_000},
        {"key": "x", "action": "accept", "seen": "../.."},
    ],
)
def test_a_body_that_is_no_decision_is_refused(client: Client, out: Path, body: object) -> None:
    assert client.post(f"{API}/decisions", body).status in (400, 403)
    with ReviewStore(out) as store:
        assert list(store.all_decisions()) == []


def test_a_name_is_printable_and_stays(client: Client) -> None:
    assert client.post("/api/visit", {"name": "\u202eevil"}).status == 400
    assert client.post("/api/visit", {"name": "  "}).status == 400
    assert client.post("/api/visit", {"language": "fr"}).status == 400
    assert client.post("/api/visit", {"name": "张 三"}).json() == {"name": "张 三"}
    assert "张 三" in client.get("/").text


def test_pages_are_chinese_first_and_english_by_switch(client: Client) -> None:
    assert '<html lang="zh-CN">' in client.get("/").text
    client.post("/api/visit", {"language": "en"})
    html = client.get("/").text
    assert '<html lang="en">' in html
    assert "Goal table review desk" in html


def test_decisions_can_be_taken_home(client: Client) -> None:
    decide(client, item(client, "indicator.value_text", "≥8次"), "accept")
    answer = client.get("/decisions.jsonl")
    (line,) = answer.text.splitlines()
    assert json.loads(line)["machine"] == "≥8次"
    assert "attachment" in answer.headers["content-disposition"]


def test_static_files_are_known_again(client: Client) -> None:
    first = client.get("/static/desk.js")
    headers = [("host", "127.0.0.1:8710"), ("if-none-match", first.headers["etag"])]
    assert client.get("/static/desk.js", headers).status == 304


# ----------------------------------------------------------------------------------------- another reading


def test_a_new_record_under_the_desk_is_seen_and_its_decisions_follow(client: Client, out: Path) -> None:
    decide(client, item(client, "indicator.value_text", "≥8次"), "correct", "≥3次")
    decide(client, item(client, "indicator.value_text", "290%"), "alternative", "≥90%")
    goals = tuple((a, b, "≥6次" if c == "≥8次" else c, d) for a, b, c, d in CUT)
    again = made_document(made_table(goals=goals, cut=(CUT[0][1],)))
    write_record(out, again)
    changed = item(client, "indicator.value_text", "≥6次")
    assert (changed["status"], changed["text"]) == ("changed", "≥6次")
    assert changed["alternatives"][0] == {"text": "≥3次", "origin": "earlier", "probability": None}
    assert item(client, "indicator.value_text", "290%")["text"] == "≥90%"
    assert decide(client, changed, "alternative", "≥3次").status == 200
    assert item(client, "indicator.value_text", "≥6次")["status"] == "corrected"


def test_a_decision_whose_place_is_gone_is_listed_until_it_is_withdrawn(client: Client, out: Path) -> None:
    decide(client, item(client, "indicator.value_text", "≥8次"), "correct", "≥3次")
    write_record(out, made_document(made_table(goals=GOALS[:1], money=())))
    (orphan,) = client.get(API).json()["orphans"]
    assert (orphan["machine"], orphan["after"]) == ("≥8次", "≥3次")
    assert client.post(f"{API}/withdraw", {"uid": orphan["uid"]}).json()["orphans"] == []
    assert client.post(f"{API}/withdraw", {"uid": orphan["uid"]}).status == 404
    write_record(out, DOCUMENT)
    assert item(client, "indicator.value_text", "≥8次")["status"] == "pending"


# ------------------------------------------------------------------------------------------------ proposals


def test_an_accepted_completion_proposes_a_term_and_an_undo_takes_it_back(client: Client, out: Path) -> None:
    whole = item(client, "indicator.full_name", "护边员执勤补助发放准确率")
    decide(client, whole, "accept")
    (line,) = read_proposals(out / FILE_NAME).values()
    assert line == {
        "term": "护边员执勤补助发放准确",
        "level2": "quality",
        "full_name": "护边员执勤补助发放准确率",
        "documents": [DOCUMENT.source.sha256],
        "approved": False,
    }
    decide(client, item(client, "indicator.full_name", "护边员执勤补助发放准确率"), "undo")
    assert read_proposals(out / FILE_NAME) == {}


def test_an_approval_outlives_the_decision_behind_it(client: Client, out: Path) -> None:
    decide(client, item(client, "indicator.full_name", "护边员执勤补助发放准确率"), "accept")
    file = out / FILE_NAME
    file.write_text(file.read_text(encoding="utf-8").replace("false", "true"), encoding="utf-8")
    decide(client, item(client, "indicator.full_name", "护边员执勤补助发放准确率"), "undo")
    (line,) = read_proposals(file).values()
    assert (line["approved"], line["documents"]) == (True, [])


# -------------------------------------------------------------------------------------------------- archive


def test_tallies_are_kept_and_follow_decisions_and_records(out: Path) -> None:
    with opened_client(out) as client:
        first = client.get("/").text
        decide(client, item(client, "indicator.value_text", "≥8次"), "accept")
    with opened_client(out) as client:
        assert client.get("/").text != first
        waiting = table(client)["waiting"]
        assert f"<b>{waiting}</b>" in client.get("/").text


def test_a_record_of_another_version_is_passed_over(out: Path) -> None:
    record = json.loads((out / "documents" / "a.pdf.json").read_text(encoding="utf-8"))
    (out / "documents" / "new.json").write_text(json.dumps(record | {"schema_version": "1.0", "unknown": 1}))
    with opened_client(out) as client:
        assert client.get(API).status == 200


def test_the_record_on_the_disk_is_never_touched(client: Client, out: Path) -> None:
    before = (out / "documents" / "a.pdf.json").read_bytes()
    for of in table(client)["items"][:12]:
        decide(client, of, "correct", "x")
    assert (out / "documents" / "a.pdf.json").read_bytes() == before
    assert Document.model_validate_json(before) == DOCUMENT


def test_the_queue_is_searched_and_never_longer_than_a_page_can_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goaltables.pipeline.review.desk.MOST_LISTED", 2)
    for number in range(4):
        document = made_document(path=f"部门{number}.pdf")
        write_record(tmp_path, document, f"{number}.json")
    done = made_document(made_table(money=(), goals=GOALS[:1]), path="done.pdf")
    write_record(tmp_path, done, "done.json")
    with opened_client(tmp_path) as client:
        first = client.get("/").text
        assert first.count("<tr>") == 3
        assert "另有 2 份" in first
        assert "部门3.pdf" in client.get("/?q=%E9%83%A8%E9%97%A83").text
        assert "done.pdf" not in client.get("/?q=done").text
        assert "done.pdf" in client.get("/?q=DONE&all=1").text
        assert "<b>alert" not in client.get("/?q=%3Cb%3Ealert").text
