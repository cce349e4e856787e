"""Who may talk to the desk, and that nothing a document or an address says leads anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_client import HOST, ORIGIN, Client, opened_client
from made_record import made_document, made_table, write_record

from goaltables.pipeline.review.security import CONTENT_POLICY, Door

DOCUMENT = made_document()
SHA256 = DOCUMENT.source.sha256
TOKEN = "s3cret"  # noqa: S105 - of the tests
DECISION = {"key": "0" * 16, "action": "accept"}
ACT = f"/api/documents/{SHA256}/decisions"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    write_record(folder, DOCUMENT)
    return folder


@pytest.fixture(scope="module")
def client(out: Path) -> Iterator[Client]:
    with opened_client(out) as opened:
        yield opened


# ------------------------------------------------------------------------------------------ header matrix

HOSTS = {
    HOST: True,
    "localhost:8710": True,
    "LOCALHOST:8710": True,
    "127.0.0.1": False,
    "127.0.0.1:80": False,
    "evil.example:8710": False,  # a name that was made to point here
    "127.0.0.1.evil.example:8710": False,
    "localhost:8710@evil.example": False,
    "": False,
}
ORIGINS = {
    None: True,
    ORIGIN: True,
    "http://localhost:8710": True,
    "http://evil.example": False,
    "http://127.0.0.1:9999": False,
    "https://127.0.0.1:8710": False,
    "null": False,
    f"{ORIGIN}.evil.example": False,
}
SITES = {None: True, "same-origin": True, "none": True, "same-site": False, "cross-site": False, "odd": False}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("host", HOSTS)
def test_a_page_is_shown_to_the_desks_own_pages_and_typed_addresses(
    client: Client, host: str, origin: str | None, site: str | None
) -> None:
    headers = [("host", host)]
    headers += [("origin", origin)] if origin is not None else []
    headers += [("sec-fetch-site", site)] if site is not None else []
    expected = 200 if HOSTS[host] and ORIGINS[origin] and SITES[site] else 403
    answer = client.get("/", headers)
    assert answer.status == expected
    assert (b"a.pdf" in answer.body) == (expected == 200)


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_change_comes_from_the_desks_own_pages_only(
    client: Client, origin: str | None, site: str | None
) -> None:
    headers = [("host", HOST), ("content-type", "application/json")]
    headers += [("origin", origin)] if origin is not None else []
    headers += [("sec-fetch-site", site)] if site is not None else []
    may = origin is not None and ORIGINS[origin] and SITES[site] and site != "none"
    # 404: let through to the desk, which has no such text.
    assert client.post(ACT, DECISION, headers).status == (404 if may else 403)


@pytest.mark.parametrize(
    "more",
    [
        [("content-type", "text/plain")],  # what a form of another page could send
        [("content-type", "application/x-www-form-urlencoded")],
        [("content-type", "multipart/form-data")],
        [],
        [("content-type", "application/json"), ("content-length", "99999999")],
        [("content-type", "application/json"), ("content-length", "-1")],
        [("content-type", "application/json"), ("transfer-encoding", "chunked"), ("content-length", "x")],
    ],
)
def test_a_change_is_json_of_a_known_length(client: Client, more: list[tuple[str, str]]) -> None:
    headers = [("host", HOST), ("origin", ORIGIN), *more]
    assert client.post(ACT, DECISION, headers).status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "X"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    assert client.ask(method, "/", [("host", HOST)]).status == 403


def test_two_hosts_are_none(client: Client) -> None:
    assert client.get("/", [("host", HOST), ("host", "evil.example")]).status == 403
    assert client.get("/", []).status == 403


PATHS = [
    "/",
    f"/documents/{SHA256}",
    f"/api/documents/{SHA256}",
    "/static/desk.js",
    "/static/nothing",
    "/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_the_browser_everything_from_elsewhere(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert "default-src 'none'" in CONTENT_POLICY
    assert "unsafe" not in CONTENT_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] in ("no-store", "private, no-cache")
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


def test_a_refusal_has_the_headers_too(client: Client) -> None:
    answer = client.get("/", [("host", "evil.example")])
    assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert not answer.cookies


# --------------------------------------------------------------------------------------------------- token


def test_a_token_opens_the_door_once_and_a_cookie_keeps_it_open(out: Path) -> None:
    with opened_client(out, token=TOKEN) as client:
        assert client.get("/").status == 401
        assert client.get("/?token=wrong").status == 401
        assert client.get("/static/desk.js").status == 401
        assert client.post(ACT, DECISION).status == 401
        assert not client.cookies
        answer = client.get("/?token=s3cret")
        assert (answer.status, answer.headers["location"]) == (303, "/")
        (cookie,) = answer.cookies
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/").status == 200
        assert client.post(ACT, DECISION).status == 404
        client.cookies = dict.fromkeys(client.cookies, "another")
        assert client.get("/").status == 401


def test_a_way_in_leads_nowhere_else(out: Path) -> None:
    with opened_client(out, token=TOKEN) as client:
        answer = client.get("//evil.example/?token=s3cret")
        assert not answer.headers.get("location", "/").startswith("//")


def test_a_desk_for_every_address_answers_to_addresses_not_to_names() -> None:
    door = Door.of(["desk"], 8710, url=None, token=TOKEN, any_address=True)
    assert door.admits_host("192.0.2.7:8710")
    assert door.admits_host("[2001:db8::7]:8710")
    assert door.admits_host("desk:8710")
    assert not door.admits_host("evil.example:8710")
    assert not door.admits_host("192.0.2.7:80")
    assert door.admits_origin("http://192.0.2.7:8710", "192.0.2.7:8710")
    assert not door.admits_origin("http://192.0.2.7:8710", "192.0.2.8:8710")


def test_a_desk_behind_a_proxy_answers_to_its_address() -> None:
    door = Door.of(["127.0.0.1"], 8710, url="https://desk.example", token=TOKEN)
    assert door.admits_host("desk.example")
    assert door.admits_origin("https://desk.example", "desk.example")
    assert not door.admits_origin("http://desk.example", "desk.example:80")


# ---------------------------------------------------------------------------------------- traversal attempts

HASHES = [
    "..", "../../etc/passwd", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "a" * 63, "a" * 65, "A" * 64, "g" * 64,
    SHA256 + "%00", SHA256 + "/..", "0" * 64, "-1", " ", "'; DROP TABLE decision; --",
]  # fmt: skip
PAGES = ["0", "2", "-1", "1.5", "1e3", "..", "../1", "%2e%2e", "1%00", "99999999999999999999", "1;2", "１"]
CROPS = [
    "..", "../../etc/passwd", "0,0,1", "0,0,1,1,1", "a,b,c,d", "-1,0,1,1", "nan,0,1,1", "inf,0,1,1",
    "1e9,0,1,1", "0,0,1,1%00", "0,0,1,1/..", "9999999,0,1,1", "0,0,1,1.12345", "０,0,1,1", "0,0,1,1\n",
]  # fmt: skip


@pytest.mark.parametrize("name", HASHES)
def test_a_document_is_named_by_its_hash_and_nothing_else(client: Client, name: str) -> None:
    for path in (f"/pictures/{name}/1", f"/documents/{name}", f"/api/documents/{name}/tables/0"):
        assert client.get(path).status == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_a_number_of_the_record(client: Client, page: str) -> None:
    assert client.get(f"/pictures/{SHA256}/{page}").status == 404


@pytest.mark.parametrize("crop", CROPS)
def test_a_crop_is_four_numbers(client: Client, crop: str) -> None:
    assert client.get(f"/pictures/{SHA256}/1/{crop}").status == 404


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../pages.py",
        "%2e%2e/pages.py",
        "/etc/passwd",
        "desk.js/..",
        "desk.js%00",
        "desk-sans.LICENSE.txt",
        "",
    ],
)
def test_only_the_desks_own_files_are_static(client: Client, name: str) -> None:
    assert client.get(f"/static/{name}").status == 404


def test_a_record_cannot_lead_out_of_the_folder_of_inputs(tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF-1.4 secret")
    inputs = tmp_path / "inputs"
    inputs.mkdir()
    for path in ("../secret.pdf", str(secret), "inputs/../../secret.pdf"):
        out = tmp_path / f"out{len(path)}"
        document = made_document(path=path)
        write_record(out, document)
        with opened_client(out, inputs=inputs) as client:
            answer = client.get(f"/pictures/{document.source.sha256}/1")
            assert (answer.status, answer.body, answer.headers["x-no-picture"]) == (204, b"", "unknown")


# ------------------------------------------------------------------------------------------- hostile texts

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); //",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "a\u202egnp.exe",
    "<!--",
    "\u2028\u2029",
    "&lt;b&gt;&#0;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_document_says_is_never_markup(tmp_path: Path, text: str) -> None:
    goals = (("数量指标", text, text, 0.3),)
    document = made_document(made_table(goals=goals), path=text)
    write_record(tmp_path, document)
    with opened_client(tmp_path) as client:
        queue = client.get("/").text
        page = client.get(f"/documents/{document.source.sha256}").text
        for html in (queue, page):
            assert "<script>alert" not in html
            assert "<img src=x" not in html
            assert "49{%" not in html
            # The desk's own: one data block for texts, one for the document, one script.
            assert html.count("<script") == html.count("</script>") == (3 if html is page else 2)
        table = client.get(f"/api/documents/{document.source.sha256}/tables/0")
        assert table.headers["content-type"] == "application/json"
        assert text in {item["machine"] for item in table.json()["items"]}
