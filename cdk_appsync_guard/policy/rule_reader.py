"""The text of a rule.yaml → Rule; refuses what is not exactly a rule, with line, column and help.

A rule has eight keys, all of them texts but the references (a list) and the symptom: ``none``, a
mapping, or ``computed`` if the rows of its table say what the client sees. It can have ``aliases``:
a list of ids that it had before. Placeholders such as ``{coordinate}`` are columns of that table.

``consequence_of``, which can be left out as well, names the rules whose findings explain this
one's, each with the columns by which one tells that both are about the same thing of the same API::

    consequence_of:
      grant-on-bare-api-arn: bearers
      nested-type-blocks-mode: coordinate, mode
      type-closed-without-group: blocked_type = type_name
      deny-beside-additional-providers: api

``own = other`` is for columns of different names, ``api`` alone for what concerns a whole API.
``consequences`` says what is made of it. ``settles``, a text, is what would decide the open
questions about the same API that a finding of the rule makes needless: it is their answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdk_appsync_guard.errors import Location, RuleError
from cdk_appsync_guard.facts.tables import Table
from cdk_appsync_guard.policy.check_query import likely, refuse_misfit
from cdk_appsync_guard.policy.query import parse_query
from cdk_appsync_guard.policy.rule import (
    CHANNELS,
    COMPUTED,
    PLACEHOLDER,
    Cause,
    Rule,
    links_of,
    symptom_of,
)
from cdk_appsync_guard.policy.rule_file import Entries, Written, read_entries
from cdk_appsync_guard.report import Severity, Symptom

__all__ = ["parse_rule"]

_KEYS = (
    "id",
    "title",
    "severity",
    "query",
    "message",
    "symptom",
    "remediation",
    "references",
)
_OPTIONAL_KEYS = ("aliases", "consequence_of", "settles")
_SYMPTOM_KEYS = ("status", "error_type", "message")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_STATUS = re.compile(r"[1-5][0-9]{2}")
_LONGEST_WORDS = 4000


def parse_rule(
    text: str, file: str, *, id: str, category: str, tables: Mapping[str, Table] | None
) -> Rule:
    """Return the rule. Raise RuleError if it is none, or does not fit the tables.

    Without tables the query is not looked at: the package's own tests have done so for its rules.
    """
    written = read_entries(file, text)
    entries = _entries(written, (*_KEYS, *_OPTIONAL_KEYS), _KEYS, "the rule")
    rule = Rule(
        id=_id(entries["id"], id),
        category=category,
        title=_line(entries["title"], "title"),
        severity=_severity(entries["severity"]),
        query=_line(entries["query"], "query"),
        message=_line(entries["message"], "message"),
        symptom=_symptom(entries["symptom"]),
        remediation=_text(entries["remediation"], "remediation"),
        references=_references(entries["references"]),
        file=file,
        aliases=_aliases(entries["aliases"], id) if "aliases" in entries else (),
        consequence_of=_causes(entries.get("consequence_of")),
        settles=_line(entries["settles"], "settles") if "settles" in entries else "",
    )
    if tables is not None:
        table = _fit_query(entries["query"], rule.query, tables)
        if entries["symptom"].value == COMPUTED and not table.answers:
            raise RuleError(
                f"the table `{table.name}` does not say what the client receives",
                location=entries["symptom"].location,
                help="write the status, or `none`",
            )
        for where in (entries["message"], entries["remediation"], entries["symptom"]):
            _refuse_placeholders(where, table)
        _refuse_links(entries.get("consequence_of"), table)
    return rule


def _entries(
    written: Written, keys: tuple[str, ...], needed: tuple[str, ...], what: str
) -> dict[str, Written]:
    if not isinstance(written.value, Entries):
        raise RuleError(f"{what} is not a mapping", location=written.location)
    for key, location in written.value.keys.items():
        if key not in keys:
            raise RuleError(
                f"{what} has no key `{_brief(key)}`",
                location=location,
                help=likely(key, keys, "keys"),
            )
    for key in needed:
        if key not in written.value.values:
            raise RuleError(
                f"{what} lacks the key `{key}`",
                location=written.location,
                help=f"keys: {', '.join(keys)}",
            )
    return written.value.values


def _text(written: Written, key: str) -> str:
    if not isinstance(written.value, str) or written.plain:
        found = f"`{_brief(written.value)}`" if isinstance(written.value, str) else "a collection"
        raise RuleError(
            f"`{key}` is not a string but {found}",
            location=written.location,
            help="put it in quotes",
        )
    text = written.value.strip()
    if not text:
        raise RuleError(f"`{key}` is empty", location=written.location)
    if len(text) > _LONGEST_WORDS:
        raise RuleError(
            f"`{key}` is longer than {_LONGEST_WORDS} characters", location=written.location
        )
    return text


def _line(written: Written, key: str) -> str:
    text = _text(written, key)
    if len(text.splitlines()) > 1:
        raise RuleError(
            f"`{key}` has more than one line",
            location=written.location,
            help="`>-` folds several lines into one",
        )
    return text


def _id(written: Written, folder: str) -> str:
    found = _line(written, "id")
    if not _ID.fullmatch(found):
        raise RuleError(
            f"the id `{_brief(found)}` is not in kebab case",
            location=written.location,
            help="write lowercase words joined by -, such as `nested-type-blocks-mode`",
        )
    if found != folder:
        raise RuleError(
            f"the id `{found}` is not the folder's name `{folder}`", location=written.location
        )
    return found


def _severity(written: Written) -> Severity:
    found = _line(written, "severity")
    names = [severity.value for severity in Severity]
    if found not in names:
        raise RuleError(
            f"`{_brief(found)}` is not a severity",
            location=written.location,
            help=likely(found, names, "severities"),
        )
    return Severity(found)


def _symptom(written: Written) -> Symptom | None:
    if written.value == "none":
        return None
    if written.value == COMPUTED:
        return Symptom(channel=COMPUTED)
    entries = _entries(written, _SYMPTOM_KEYS, ("status",), "the symptom")
    words = {key: _line(entries[key], key) for key in ("error_type", "message") if key in entries}
    status = entries["status"]
    found = status.value if isinstance(status.value, str) else ""
    if found not in CHANNELS and not _STATUS.fullmatch(found):
        raise RuleError(
            "the status is not an HTTP status",
            location=status.location,
            help="write a number such as 401, or `deploy` or `merge` if that is what fails",
        )
    return symptom_of(found, words.get("error_type"), words.get("message"))


def _references(written: Written) -> tuple[str, ...]:
    if not isinstance(written.value, list):
        raise RuleError("`references` is not a list of URLs", location=written.location)
    references = tuple(_line(item, "references") for item in written.value)
    for reference, item in zip(references, written.value, strict=True):
        if not reference.startswith("https://") or " " in reference:
            raise RuleError(
                f"the reference `{_brief(reference)}` is not an https URL", location=item.location
            )
    return references


def _aliases(written: Written, id: str) -> tuple[str, ...]:
    if not isinstance(written.value, list) or not written.value:
        raise RuleError("`aliases` is not a list of ids", location=written.location)
    aliases = tuple(_line(item, "aliases") for item in written.value)
    for alias, item in zip(aliases, written.value, strict=True):
        if not _ID.fullmatch(alias) or alias == id:
            raise RuleError(
                f"the alias `{_brief(alias)}` is not a former id", location=item.location
            )
    return aliases


def _causes(written: Written | None) -> tuple[Cause, ...]:
    if written is None:
        return ()
    if not isinstance(written.value, Entries):
        raise RuleError("`consequence_of` is not a mapping", location=written.location)
    named = written.value.values.items()
    return tuple(Cause(rule, links_of(_line(columns, rule))) for rule, columns in named)


def _refuse_links(written: Written | None, table: Table) -> None:
    """Refuse columns that the rule's own table does not have; ``load_rules`` sees the others."""
    if written is None or not isinstance(written.value, Entries):
        return
    for columns in written.value.values.values():
        assert isinstance(columns.value, str)  # noqa: S101 - else it would have been refused
        for own, _ in links_of(columns.value):
            if table.column(own) is None:
                raise RuleError(
                    f"`{_brief(own)}` is not a column of the table `{table.name}`",
                    location=columns.location,
                    help=likely(own, (column.name for column in table.columns), "columns"),
                )


def _fit_query(written: Written, query: str, tables: Mapping[str, Table]) -> Table:
    try:
        return refuse_misfit(parse_query(query), tables)
    except RuleError as error:
        start, inside = written.location, error.location
        column = start.column or 1
        if written.one_line and inside is not None:
            column += (inside.column or 1) - 1 + written.quoted
        location = Location(start.file, start.line, column)
        raise RuleError(error.message, location=location, help=error.help) from error


def _refuse_placeholders(written: Written, table: Table) -> None:
    if isinstance(written.value, Entries):
        for part in written.value.values.values():
            _refuse_placeholders(part, table)
    elif isinstance(written.value, str):
        for name in PLACEHOLDER.findall(written.value):
            if table.column(name) is None:
                raise RuleError(
                    f"the placeholder `{_brief(name)}` is not a column of the table `{table.name}`",
                    location=written.location,
                    help=likely(name, (column.name for column in table.columns), "columns"),
                )


def _brief(text: str) -> str:
    """Return the text as an error message can hold it."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:80])
    return printable.replace("`", "'")
