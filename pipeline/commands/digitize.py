"""``goaltables digitize PATH... --out OUT``: the main job."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goaltables.pipeline.commands.options import argument, check_language, flag, language_option, option
from goaltables.pipeline.commands.texts import Command
from goaltables.pipeline.messages import language_of, say, use_language

if TYPE_CHECKING:
    from goaltables.pipeline.given_page import GivenPage
    from goaltables.pipeline.settings import ReadSettings, RunSettings, SettingValue


def add(app: typer.Typer) -> None:
    """Declare the command."""

    @app.command(cls=Command, help=say("help-digitize"))
    def digitize(
        paths: Annotated[list[str], argument("PATH", "help-paths")],
        out: Annotated[str, option("--out", "FOLDER", "help-out")],
        workers: Annotated[int | None, option("--workers", "N", "help-workers")] = None,
        executor: Annotated[
            str | None, option("--executor", "local|dask://…|tls://…", "help-executor")
        ] = None,
        ledger: Annotated[str | None, option("--ledger", "URL", "help-ledger")] = None,
        share: Annotated[bool | None, flag("--share", "help-share")] = None,
        ocr: Annotated[str | None, option("--ocr", "rapidocr|tesseract", "help-ocr")] = None,
        reader_speed: Annotated[
            str | None, option("--reader-speed", "exact|fast", "help-reader-speed")
        ] = None,
        password_file: Annotated[Path | None, option("--password-file", "FILE", "help-password-file")] = None,
        vocabulary: Annotated[Path | None, option("--vocabulary", "FILE", "help-vocabulary-option")] = None,
        timeout: Annotated[float | None, option("--timeout", "SECONDS", "help-timeout")] = None,
        max_pages: Annotated[int | None, option("--max-pages", "N", "help-max-pages")] = None,
        max_megapixels: Annotated[
            float | None, option("--max-megapixels", "N", "help-max-megapixels")
        ] = None,
        retry_failed: Annotated[bool | None, flag("--retry-failed", "help-retry-failed")] = None,
        fail_on: Annotated[str | None, option("--fail-on", "error|warning", "help-fail-on")] = None,
        log_format: Annotated[str | None, option("--log-format", "text|json", "help-log-format")] = None,
        summary: Annotated[str | None, option("--summary", "FILE", "help-summary")] = None,
        config: Annotated[Path | None, option("--config", "FILE", "help-config")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> int:
        check_language(lang)
        given: dict[str, Any] = {
            "workers": workers,
            "executor": executor,
            "ledger": ledger,
            "share": share,
            "ocr": ocr,
            "reader_speed": reader_speed,
            "password_file": str(password_file) if password_file else None,
            "vocabulary_file": str(vocabulary) if vocabulary else None,
            "timeout": timeout,
            "max_pages": max_pages,
            "max_megapixels": max_megapixels,
            "retry_failed": retry_failed,
            "fail_on": fail_on,
            "log_format": log_format,
            "summary": summary,
            "lang": lang,
        }
        return run_digitize(paths, out, config, {k: v for k, v in given.items() if v is not None})


def run_digitize(
    paths: Sequence[str], out: str, config: Path | None, given: "dict[str, SettingValue]"
) -> int:
    """Run the batch and tell how it ended; the exit code."""
    from goaltables.pipeline.batch.progress import JsonProgress, make_progress
    from goaltables.pipeline.batch.runner import run
    from goaltables.pipeline.commands.examine import require_reader
    from goaltables.pipeline.settings import load_config

    settings = (load_config(config) if config else {}) | given
    read_settings, run_settings = settings_of(settings)
    use_language(run_settings.lang)
    require_reader(read_settings.ocr)
    read_settings = replace(read_settings, given=_given(out))
    progress = make_progress(run_settings.log_format)
    summary = run(paths, out, read_settings, run_settings, progress)
    content = summary.as_json(run_settings.fail_on)
    if isinstance(progress, JsonProgress):
        progress.summary(content)
    else:
        from goaltables.pipeline.commands.run_summary import summary_lines

        print("\n".join(summary_lines(summary, out)), file=sys.stderr)
    if run_settings.summary is not None:
        write_summary(run_settings.summary, content)
    return summary.exit_code(run_settings.fail_on)


def _given(out: str) -> "tuple[GivenPage, ...]":
    """What people gave at the review desk, which works on folders and on no store."""
    from goaltables.pipeline.batch.remote import is_url, without_local_scheme
    from goaltables.pipeline.review.given import given_pages

    place = without_local_scheme(out)
    return () if is_url(place) else given_pages(Path(place))


def write_summary(place: str, content: dict[str, object]) -> None:
    """Write the summary as JSON, for whoever started the run; ``-`` is stdout. Raises OutputError."""
    from goaltables.pipeline.batch.write import write_durably

    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    if place == "-":
        print(text, end="")
    else:
        write_durably(Path(place).absolute(), text.encode())


def settings_of(given: "dict[str, SettingValue]") -> "tuple[ReadSettings, RunSettings]":
    """Split what was given by the configuration and the command line into the two frozen parts."""
    from goaltables.pipeline.settings import READ_KEYS, RUN_KEYS, ReadSettings, RunSettings, read_passwords

    reading: dict[str, Any] = {key: value for key, value in given.items() if key in READ_KEYS}
    running: dict[str, Any] = {key: value for key, value in given.items() if key in RUN_KEYS}
    if "password_file" in given:
        reading["passwords"] = read_passwords(Path(str(given["password_file"])))
    if "vocabulary_file" in given:
        from goaltables.pipeline.learnt_file import taken_terms

        reading["vocabulary"] = taken_terms(Path(str(given["vocabulary_file"])))
    running.setdefault("lang", language_of(()))
    return ReadSettings(**reading), RunSettings(**running)
