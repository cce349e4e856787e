"""The report: everything counted once, plots that follow the page, names of documents as texts."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from made_records import a_document, a_failure, a_table, an_indicator, put

from goaltables.document import DocumentFailure
from goaltables.pipeline.batch.originals import Originals
from goaltables.pipeline.cli import run_command
from goaltables.pipeline.drawing import fonts
from goaltables.pipeline.messages import use_language
from goaltables.pipeline.report.facts import BANDS, band_of, collect
from goaltables.pipeline.report.plots import Bar, lying_bars, standing_bars
from goaltables.pipeline.report.report_page import report_html
from goaltables.pipeline.report.theme import BAD, GOOD

HOSTILE = "<script>alert(1)</script>$\\frac{\"'&"


@pytest.fixture(autouse=True)
def english() -> None:
    use_language("en")


class TestFacts:
    def test_everything_is_counted_once(self) -> None:
        cut = an_indicator("断", name_status="doubtful", confidence=1.0, needs_review=False, reasons=[])
        document = a_document(tables=[a_table(), a_table(id="p2-2", indicators=[cut, cut])])
        facts = collect([("a.pdf", document), ("b.pdf", a_failure())], {"a.pdf": 2.5})
        assert facts.status == {"ok": 1, "failed": 1}
        assert facts.failures == {"empty": 1}
        assert facts.pages == {("text", "text-layer"): 1}
        assert facts.tables == {("department_overall", 2022): 2}
        assert (facts.indicators, facts.needs_review) == (3, 1)
        assert facts.names == {"printed": 1, "doubtful": 2}
        assert facts.findings == {("missing-total", "error"): 2, ("page-failed", "error"): 1}
        assert [d.seconds for d in facts.documents] == [2.5, None]

    @pytest.mark.parametrize(
        ("confidence", "least"), [(-1, 0), (0, 0), (0.499, 0), (0.5, 0.5), (0.9989, 0.99), (1, 1)]
    )
    def test_bands_hold_from_their_least_confidence_on(self, confidence: float, least: float) -> None:
        assert BANDS[band_of(confidence)] == least

    def test_lists_begin_with_the_worst(self) -> None:
        records = [
            ("calm.pdf", a_document(tables=[]).model_copy(update={"findings": []})),
            ("doubted.pdf", a_document()),
            ("failed.pdf", a_failure()),
            ("part.pdf", a_document(tables=[]).model_copy(update={"status": "partial"})),
        ]
        facts = collect(records, {"calm.pdf": 1.0, "part.pdf": 9.0, "doubted.pdf": 3.0})
        assert [d.record for d in facts.neediest(9)] == ["failed.pdf", "part.pdf", "doubted.pdf"]
        assert [d.record for d in facts.slowest(2)] == ["part.pdf", "doubted.pdf"]


class TestPlots:
    BARS = (Bar("完整", ((3, GOOD), (1, BAD)), "4"), Bar("$x_1$ <b>", ((0, GOOD),)))

    @pytest.mark.parametrize("kind", ["lying", "standing"])
    def test_texts_are_texts_and_colours_are_the_pages(self, kind: str) -> None:
        if kind == "lying":
            svg = lying_bars(self.BARS, "one", "title")
        else:
            svg = standing_bars(self.BARS, "one", "title", "below")
        assert svg.startswith("<svg")
        assert ">完整</text>" in svg
        assert ">$x_1$ &lt;b&gt;</text>" in svg, "no formula, no markup"
        assert "style" not in svg
        assert not re.search("#0000", svg), "a colour that no class replaced"
        assert 'class="fill-good"' in svg
        ids = re.findall(r'id="([^"]*)"', svg)
        assert all(name.startswith("one-") for name in ids)
        assert set(re.findall(r"url\(#([^)]*)\)", svg)) <= set(ids)

    def test_the_same_bars_give_the_same_bytes(self) -> None:
        assert lying_bars(self.BARS, "a", "t") == lying_bars(self.BARS, "a", "t")

    def test_a_plot_is_drawn_without_a_chinese_font(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("goaltables.pipeline.report.plots.chinese_font_file", lambda: None)
        assert ">完整</text>" in lying_bars(self.BARS, "a", "t")

    def test_nothing_to_show_is_a_plot_too(self) -> None:
        assert lying_bars([], "a", "t").startswith("<svg")
        fonts.font_folders()


class TestPage:
    def html(self, record: str = "部门/a b.pdf", path: str = "部门/a b.pdf", *, drawn: bool = True) -> str:
        failure = a_failure(path, HOSTILE)
        other = failure.model_copy(update={"error": DocumentFailure(error_class="未知", message="")})
        facts = collect([(record, failure), ("c.pdf", other), ("d.pdf", a_document())], {record: 1.25})
        return report_html(facts, "0.1", lambda _: drawn).decode()

    def test_hostile_names_are_texts(self) -> None:
        html = self.html(path=HOSTILE)
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)" in html

    def test_documents_lead_to_their_record_and_their_stages(self) -> None:
        html = self.html()
        assert 'href="documents/%E9%83%A8%E9%97%A8/a%20b.pdf.json"' in html
        assert 'href="inspect/%E9%83%A8%E9%97%A8/a%20b.pdf/index.html"' in html
        assert "inspect/" not in self.html(drawn=False)
        links = re.findall(r'href="([^"]*)"', html)
        assert all(link.startswith(("documents/", "inspect/", "#")) for link in links)

    def test_times_are_shown_where_they_are_known(self) -> None:
        assert "1.2" in self.html()
        facts = collect([("a.pdf", a_failure())], {})
        assert "not known" in report_html(facts, "", lambda _: False).decode()

    def test_an_empty_output_has_a_report(self) -> None:
        html = report_html(collect([], {}), "", lambda _: False).decode()
        assert "Nothing failed" in html

    def test_it_speaks_chinese(self) -> None:
        use_language("zh")
        assert "需要人工处理" in self.html()


class TestOriginals:
    def test_times_and_places_come_from_the_ledger(self, tmp_path: Path) -> None:
        with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as ledger, ledger:
            ledger.execute("CREATE TABLE record (record TEXT, input BLOB, seconds REAL)")
            ledger.execute(
                "INSERT INTO record VALUES ('a.pdf.json', x'2f61', 1.5), ('b.pdf.json', NULL, NULL)"
            )
        originals = Originals(tmp_path)
        assert originals.seconds() == {"a.pdf": 1.5}
        assert (originals.path("a.pdf"), originals.path("b.pdf"), originals.path("c")) == (b"/a", None, None)

    @pytest.mark.parametrize("content", [None, b"no data base"])
    def test_a_ledger_that_cannot_answer_knows_nothing(self, tmp_path: Path, content: bytes | None) -> None:
        if content is not None:
            (tmp_path / "ledger.sqlite").write_bytes(content)
        assert Originals(tmp_path).seconds() == {}
        assert Originals(tmp_path).path("a.pdf") is None


def test_the_command_writes_the_page_into_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = put(tmp_path / "out", {"a.pdf": a_document()})
    assert run_command(["report", str(out), "--lang", "zh"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(out / "report.html")]
    assert "绩效目标表识读报告" in (out / "report.html").read_text(encoding="utf-8")
    assert run_command(["report", str(tmp_path)]) == 2


def test_listed_documents_are_drawn_when_asked_and_only_once(
    fixtures_out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    for name in ("documents/seed_dump.txt.json", "documents/empty.pdf.json", "ledger.sqlite"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(fixtures_out / name, out / name)
    assert run_command(["report", str(out), "--inspect"]) == 0
    assert "not drawn: empty.pdf: the file has no bytes" in capsys.readouterr().err
    index = out / "inspect" / "seed_dump.txt" / "index.html"
    first = index.stat().st_mtime_ns
    assert 'href="inspect/seed_dump.txt/index.html"' in (out / "report.html").read_text(encoding="utf-8")
    assert run_command(["report", str(out), "--inspect"]) == 0
    assert index.stat().st_mtime_ns == first
