"""The command line: ``goaltables digitize PATH... --out OUT`` and its companions.

Only what was asked for goes to stdout; progress, summary and errors go to stderr. Exit codes are part of the
contract (docs/contract.md). Everything heavy is imported by the command that needs it, so that ``--help`` is
there at once.
"""

# No "from __future__ import annotations" here: Typer evaluates the annotations of the commands, and theirs
# hold texts in the chosen language, made when the commands are.

import io
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from goaltables.errors import DependencyMissing, GoalTablesError, UsageError
from goaltables.pipeline.cli_text import Command, make_app, usage_message
from goaltables.pipeline.messages import failure_label, language_of, say, use_language

if TYPE_CHECKING:
    from goaltables.pipeline.settings import ReadSettings, RunSettings, SettingValue
    from goaltables.pipeline.summary import RunSummary

BUG, DEPENDENCY_MISSING, INTERRUPTED = 70, 3, 130
WAITING_SHOWN = 10  # names of failed documents in the summary; documents.csv has them all


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A path, or a language, that the terminal's encoding does not have is shown escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code."""
    use_language(language_of(arguments))
    app = build_app()
    try:
        code = app(args=list(arguments), prog_name="goaltables", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except DependencyMissing as error:
        return _complain(say("dependency-missing", what=error.what, remedy=error.remedy), error.exit_code)
    except GoalTablesError as error:
        return _complain(str(error), error.exit_code)
    except (BrokenPipeError, SystemExit):
        # Whoever read our output (head) has enough; Typer makes a SystemExit of it. Python would complain
        # once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        message = usage_message(error)
        if message is not None:
            return _complain(message, UsageError.exit_code)
        traceback.print_exc()
        return _complain(say("bug"), BUG)


def _complain(message: str, code: int) -> int:
    print(say("error", message=message), file=sys.stderr)
    return code


def build_app() -> typer.Typer:
    """The commands, with their help in the chosen language."""
    app = make_app()
    language = typer.Option("--lang", metavar="zh|en", help=say("help-lang"), show_default=False)

    @app.callback(invoke_without_command=True)
    def program(
        context: typer.Context,
        version: Annotated[bool, typer.Option("--version", help=say("help-version"))] = False,
        lang: Annotated[str | None, language] = None,
    ) -> None:
        _check_language(lang)
        if version:
            _show_version()
        if context.invoked_subcommand is None:
            print(context.get_help(), file=sys.stderr)
            raise typer.Exit(UsageError.exit_code)

    @app.command(cls=Command, help=say("help-digitize"))
    def digitize(
        paths: Annotated[list[Path], typer.Argument(metavar="PATH", help=say("help-paths"))],
        out: Annotated[Path, _option("--out", "FOLDER", "help-out")],
        workers: Annotated[int | None, _option("--workers", "N", "help-workers")] = None,
        executor: Annotated[str | None, _option("--executor", "local", "help-executor")] = None,
        ocr: Annotated[str | None, _option("--ocr", "rapidocr|tesseract", "help-ocr")] = None,
        password_file: Annotated[
            Path | None, _option("--password-file", "FILE", "help-password-file")
        ] = None,
        timeout: Annotated[float | None, _option("--timeout", "SECONDS", "help-timeout")] = None,
        max_pages: Annotated[int | None, _option("--max-pages", "N", "help-max-pages")] = None,
        max_megapixels: Annotated[
            float | None, _option("--max-megapixels", "N", "help-max-megapixels")
        ] = None,
        retry_failed: Annotated[
            bool | None, typer.Option("--retry-failed", help=say("help-retry-failed"))
        ] = None,
        fail_on: Annotated[str | None, _option("--fail-on", "error|warning", "help-fail-on")] = None,
        log_format: Annotated[str | None, _option("--log-format", "text|json", "help-log-format")] = None,
        config: Annotated[Path | None, _option("--config", "FILE", "help-config")] = None,
        lang: Annotated[str | None, language] = None,
    ) -> int:
        _check_language(lang)
        given: dict[str, Any] = {
            "workers": workers,
            "executor": executor,
            "ocr": ocr,
            "password_file": str(password_file) if password_file else None,
            "timeout": timeout,
            "max_pages": max_pages,
            "max_megapixels": max_megapixels,
            "retry_failed": retry_failed,
            "fail_on": fail_on,
            "log_format": log_format,
            "lang": lang,
        }
        return _digitize(paths, out, config, {k: v for k, v in given.items() if v is not None})

    @app.command(cls=Command, help=say("help-export"))
    def export(
        out: Annotated[Path, typer.Argument(metavar="OUT", help=say("help-out-argument"))],
        formats: Annotated[str, _option("--format", "csv", "help-format")] = "csv",
        lang: Annotated[str | None, language] = None,
    ) -> None:
        _check_language(lang)
        _export(out, formats)

    @app.command(cls=Command, help=say("help-schema"))
    def schema(lang: Annotated[str | None, language] = None) -> None:
        import json

        from goaltables.document import Document

        _check_language(lang)
        print(json.dumps(Document.model_json_schema(mode="serialization"), ensure_ascii=False, indent=2))

    @app.command(cls=Command, help=say("help-doctor"))
    def doctor(
        ocr: Annotated[str, _option("--ocr", "rapidocr|tesseract", "help-ocr")] = "rapidocr",
        lang: Annotated[str | None, language] = None,
    ) -> int:
        _check_language(lang)
        return _doctor(ocr)

    return app


def _option(name: str, metavar: str, help_key: str) -> Any:
    return typer.Option(name, metavar=metavar, help=say(help_key), show_default=False)


def _show_version() -> None:
    from goaltables.pipeline.settings import package_version

    print(package_version())
    raise typer.Exit


def _check_language(lang: str | None) -> None:
    """The language was already chosen from the raw arguments; here only its value is checked."""
    if lang is not None:
        from goaltables.pipeline.messages import LANGUAGES
        from goaltables.pipeline.settings import check_choice

        check_choice("lang", lang, LANGUAGES)


def _digitize(paths: list[Path], out: Path, config: Path | None, given: "dict[str, SettingValue]") -> int:
    from goaltables.pipeline.doctor import require_reader
    from goaltables.pipeline.progress import JsonProgress, make_progress
    from goaltables.pipeline.runner import run
    from goaltables.pipeline.settings import load_config

    settings = (load_config(config) if config else {}) | given
    read_settings, run_settings = _settings(settings)
    use_language(run_settings.lang)
    require_reader(read_settings.ocr)
    progress = make_progress(run_settings.log_format)
    summary = run(paths, out, read_settings, run_settings, progress)
    code = summary.exit_code(run_settings.fail_on)
    if isinstance(progress, JsonProgress):
        progress.summary({**asdict(summary), "exit_code": code})
    else:
        print("\n".join(summary_lines(summary, out)), file=sys.stderr)
    return code


def _settings(given: "dict[str, SettingValue]") -> "tuple[ReadSettings, RunSettings]":
    """Split what was given by the configuration and the command line into the two frozen parts."""
    from goaltables.pipeline.settings import READ_KEYS, RUN_KEYS, ReadSettings, RunSettings, read_passwords

    reading: dict[str, Any] = {key: value for key, value in given.items() if key in READ_KEYS}
    running: dict[str, Any] = {key: value for key, value in given.items() if key in RUN_KEYS}
    if "password_file" in given:
        reading["passwords"] = read_passwords(Path(str(given["password_file"])))
    running.setdefault("lang", language_of(()))
    return ReadSettings(**reading), RunSettings(**running)


def summary_lines(summary: "RunSummary", out: Path) -> list[str]:
    """The end of a run, for people."""
    separator = say("list-separator")
    lines = []
    if summary.signum is not None:
        lines.append(say("summary-interrupted"))
    lines.append(
        say(
            "summary-documents",
            inputs=summary.inputs,
            ok=summary.ok,
            partial=summary.partial,
            failed=sum(summary.failed.values()),
        )
    )
    if summary.failed:
        classes = [
            say("summary-class", count=count, label=failure_label(error_class))
            for error_class, count in summary.failed.items()
        ]
        lines.append(say("summary-failed", classes=separator.join(classes)))
    if summary.waiting:
        paths = list(summary.waiting[:WAITING_SHOWN])
        if more := len(summary.waiting) - len(paths):
            paths.append(say("summary-more", count=more))
        lines.append(say("summary-waiting", paths=separator.join(paths)))
    lines.append(
        say(
            "summary-work",
            read=summary.read,
            copied=summary.copied,
            unchanged=summary.unchanged,
            pages=summary.pages,
            seconds=f"{summary.seconds:.1f}",
        )
    )
    lines.append(
        say(
            "summary-content",
            tables=summary.tables,
            indicators=summary.indicators,
            needs_review=summary.needs_review,
        )
    )
    lines.append(say("summary-findings", **summary.findings))
    if summary.left_out:
        kinds = separator.join(f"{count} {kind}" for kind, count in summary.left_out.items())
        lines.append(say("summary-left-out", count=sum(summary.left_out.values()), kinds=kinds))
    if summary.gone:
        lines.append(say("summary-gone", count=summary.gone))
    lines.append(say("summary-place", out=out))
    return lines


def _export(out: Path, formats: str) -> None:
    from goaltables.pipeline.export import export_dataset
    from goaltables.pipeline.write import hold

    if not (out / "documents").is_dir():
        raise UsageError(say("not-an-output", path=out))
    with hold(out):
        written = export_dataset(out, [name.strip() for name in formats.split(",")])
    for path in written:
        print(path)


def _doctor(ocr: str) -> int:
    from goaltables.pipeline.doctor import examine

    checks = examine(ocr)
    for check in checks:
        print(say(f"doctor-{check.status}", name=check.name, detail=check.detail, remedy=check.remedy))
    is_complete = all(check.status != "missing" for check in checks)
    print(say("doctor-all-there" if is_complete else "doctor-something-missing"))
    return 0 if is_complete else DEPENDENCY_MISSING
