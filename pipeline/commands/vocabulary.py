"""``goaltables vocabulary``: the indicator names that are known, and those that are learnt.

The vocabulary of the package is data under test; what an archive learns from its own reviewed documents
stands in a file beside it (`goaltables.pipeline.learnt_file`), which ``digitize --vocabulary FILE`` uses.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from goaltables.errors import UsageError
from goaltables.pipeline.commands.options import argument, check_language, flag, language_option, option
from goaltables.pipeline.commands.texts import Command, Group
from goaltables.pipeline.messages import say

KINDS = ("head", "tail", "name")
FIELD_SEPARATOR = "\t"


def add(app: typer.Typer) -> None:
    """Declare the command and its four verbs."""
    verbs = typer.Typer(cls=Group, help=say("help-vocabulary"), rich_markup_mode=None)
    app.add_typer(verbs, name="vocabulary")

    @verbs.callback(invoke_without_command=True)
    def vocabulary(context: typer.Context, lang: Annotated[str | None, language_option()] = None) -> None:
        check_language(lang)
        if context.invoked_subcommand is None:
            print(context.get_help(), file=sys.stderr)
            raise typer.Exit(UsageError.exit_code)

    @verbs.command("list", cls=Command, help=say("help-vocabulary-list"))
    def list_(
        kind: Annotated[str | None, option("--kind", "head|tail|name", "help-vocabulary-kind")] = None,
        level2: Annotated[str | None, option("--level2", "LABEL", "help-vocabulary-level2")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        list_entries(kind, level2)

    @verbs.command(cls=Command, help=say("help-vocabulary-find"))
    def find(
        name: Annotated[str, argument("NAME", "help-vocabulary-name")],
        level2: Annotated[str | None, option("--level2", "LABEL", "help-vocabulary-level2")] = None,
        learnt: Annotated[Path | None, option("--learnt", "FILE", "help-vocabulary-file")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        find_name(name, level2, learnt)

    @verbs.command("add", cls=Command, help=say("help-vocabulary-add"))
    def add_(
        file: Annotated[Path, argument("FILE", "help-vocabulary-file")],
        name: Annotated[str | None, option("--name", "FULL_NAME", "help-vocabulary-full-name")] = None,
        term: Annotated[str | None, option("--term", "PRINTED", "help-vocabulary-term")] = None,
        level2: Annotated[str | None, option("--level2", "LABEL", "help-vocabulary-level2")] = None,
        proposals: Annotated[Path | None, option("--from", "PROPOSALS", "help-vocabulary-from")] = None,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        if (name is None) == (proposals is None):
            raise UsageError(say("vocabulary-name-or-from"))
        add_terms(file, name, term, level2, proposals)

    @verbs.command("proposals", cls=Command, help=say("help-vocabulary-proposals"))
    def proposals_(
        file: Annotated[Path, argument("FILE", "help-vocabulary-file")],
        everything: Annotated[bool, flag("--all", "help-vocabulary-all")] = False,
        lang: Annotated[str | None, language_option()] = None,
    ) -> None:
        check_language(lang)
        list_proposals(file, everything=everything)


def _label(level2: str | None) -> str | None:
    """The id of a label that a person typed: 质量指标 or quality. Raises UsageError."""
    from goaltables.normalizers.understanding.labels import level2_id, levels

    if level2 is None:
        return None
    known = level2_id(level2) or level2
    if known not in {level.id for level in levels(2)}:
        raise UsageError(say("vocabulary-level2", value=level2))
    return known


def list_entries(kind: str | None, level2: str | None) -> None:
    """Print the package's entries, one a line, fields parted by tabs. Raises UsageError."""
    from goaltables.normalizers.names.vocabulary import vocabulary
    from goaltables.pipeline.settings import check_choice

    if kind is not None:
        check_choice("kind", kind, KINDS)
    label = _label(level2)
    for entry in vocabulary():
        if kind in (None, entry.kind) and (label is None or label in entry.level2):
            lists = ("|".join(texts) for texts in (entry.level2, entry.units, entry.aliases, entry.sources))
            print(FIELD_SEPARATOR.join([entry.id, entry.kind, entry.name, entry.direction or "", *lists]))


def find_name(name: str, level2: str | None, learnt: Path | None) -> None:
    """Print what is known of one name as JSON: its entry, head, direction and units. Raises UsageError."""
    from goaltables.normalizers.names.learnt_terms import learnt_ids, taken
    from goaltables.normalizers.names.vocabulary import (
        direction_of,
        expected_units,
        find_head,
        find_vocabulary_id,
        name_key,
        vocabulary_entry,
    )
    from goaltables.pipeline.learnt_file import read_terms

    label = _label(level2)
    own = learnt_ids(taken(read_terms(learnt))) if learnt else {}
    head = find_head(name, label)
    known = find_vocabulary_id(name)
    found = {
        "name": name,
        "vocabulary_id": known or own.get(name_key(name)),
        "entry": asdict(vocabulary_entry(known)) if known else None,
        "head_id": head,
        "head": vocabulary_entry(head).name if head else None,
        "direction": direction_of(name, label),
        "units": expected_units(name, label),
    }
    print(json.dumps(found, ensure_ascii=False, indent=1))


def add_terms(
    file: Path, name: str | None, term: str | None, level2: str | None, proposals: Path | None
) -> None:
    """Add one approved name, or the proposals of another file; print what is taken now. Raises UsageError."""
    from goaltables.normalizers.names.learnt_terms import merged_terms, taken
    from goaltables.pipeline.learnt_file import made_term, read_terms, write_terms

    known = read_terms(file) if file.exists() else ()
    if proposals is not None:
        new = read_terms(proposals)
    else:
        new = (made_term(term or name or "", name or "", level2, approved=True),)
    terms = merged_terms([*known, *new])
    write_terms(file, terms)
    print(say("vocabulary-added", path=file, terms=len(terms), taken=len(taken(terms))))


def list_proposals(file: Path, *, everything: bool) -> None:
    """Print the terms that wait (`everything`: those that are taken, too), one a line. Raises UsageError."""
    from goaltables.normalizers.names.learnt_terms import taken
    from goaltables.pipeline.learnt_file import read_terms

    terms = read_terms(file)
    used = set(taken(terms))
    for term in terms:
        if everything or term not in used:
            state = say("vocabulary-taken" if term in used else "vocabulary-waiting")
            documents = str(len(term.documents))
            print(FIELD_SEPARATOR.join([state, documents, term.level2 or "", term.term, term.full_name]))
