"""Rule folders → rules, and which of them a scan applies.

In: ``<category>/<id>/rule.yaml``; nothing else in the folders is read. The built-in rules come
with the package, others from ``--rules DIR``, where a folder ``<id>`` directly below DIR has the
category ``custom``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import orjson

from cdk_appsync_guard.errors import ConfigError, Location, RuleError
from cdk_appsync_guard.facts.tables import Table
from cdk_appsync_guard.facts.vocabulary import TABLES
from cdk_appsync_guard.policy.aliases import aliases_of
from cdk_appsync_guard.policy.check_query import likely
from cdk_appsync_guard.policy.rule import Rule, rule_of

__all__ = [
    "CATEGORIES",
    "Rule",
    "built_in_folder",
    "built_in_rules",
    "load_rules",
    "read_rules",
    "select_rules",
]

CUSTOM = "custom"
OFF_BY_DEFAULT = "hardening"
CATEGORIES = (
    "providers",
    "schema",
    "iam",
    "authorizer",
    "credentials",
    "resolvers",
    "subscriptions",
    "logging",
    OFF_BY_DEFAULT,
    CUSTOM,
)
_ALL = "all"
_DEFAULT = "default"
_FILE = "rule.yaml"
_MOST_BYTES = 64 * 1024
_MOST_RULES = 2000


def load_rules(folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules and those of the user's folders, by category and id."""
    own = [rule for folder in folders for rule in read_rules(folder)]
    if not own:
        return built_in_rules()
    from cdk_appsync_guard.policy.consequences import refuse_circles  # noqa: PLC0415 - tests vouch for ours

    rules = {rule.id: rule for rule in built_in_rules()}
    for rule in own:
        _add(rule, rules)
    refuse_circles(rules, TABLES)
    _refuse_shared_aliases(rules)
    return _in_order(rules.values())


def built_in_rules() -> tuple[Rule, ...]:
    """Return the rules that come with the package; its tests vouch for their queries.

    They are read once: the package's own files do not change while it runs.
    """
    return _built_in(built_in_folder())


@cache
def _built_in(top: Path) -> tuple[Rule, ...]:
    bundle = top.with_suffix(".json")
    if bundle.is_file():
        return _in_order(_bundled(bundle.read_bytes(), top))
    with os.scandir(top) as entries:
        categories = [(entry.name, entry.path) for entry in entries if entry.is_dir()]
    return _in_order(
        _read_rule(category, top / category / name, tables=None)
        for category, path in categories
        for name in os.listdir(path)  # noqa: PTH208 - a name is all there is to know
    )


def _bundled(data: bytes, top: Path) -> Iterator[Rule]:
    """Yield the rules of a bundle, which a wheel has so that a scan need not read YAML."""
    for category, rules in orjson.loads(data).items():
        for name, written in rules.items():
            file = os.path.join(top, category, name, _FILE)  # noqa: PTH118 - 150 Paths take time
            yield rule_of(written, category=category, file=file)


def built_in_folder() -> Path:
    """Return where the package's rules are: inside it if installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def read_rules(folder: Path, tables: Mapping[str, Table] = TABLES) -> tuple[Rule, ...]:
    """Return the rules below a folder, by category and id. Raise RuleError at the first bad one."""
    found = _find_folders(folder)
    if not found:
        raise RuleError(
            f"there are no rules in `{folder}`",
            location=Location(str(folder)),
            help=f"write each rule as `<category>/<id>/{_FILE}`",
        )
    rules: dict[str, Rule] = {}
    for category, rule_folder in found:
        _add(_read_rule(category, rule_folder, tables=tables), rules)
    return _in_order(rules.values())


def _add(rule: Rule, rules: dict[str, Rule]) -> None:
    if rule.id in rules:
        raise RuleError(
            f"the rule `{rule.id}` already exists",
            location=Location(rule.file, 1, 1),
            help=f"the other one is `{rules[rule.id].file}`",
        )
    rules[rule.id] = rule


def _refuse_shared_aliases(rules: Mapping[str, Rule]) -> None:
    found: dict[str, Rule] = {}
    for rule in rules.values():
        for alias in rule.aliases:
            other = rules.get(alias) or found.setdefault(alias, rule)
            if other is not rule:
                raise RuleError(
                    f"`{alias}` names two rules, `{other.id}` and `{rule.id}`",
                    location=Location(rule.file),
                    help="a former id can belong to only one rule",
                )


def _in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: (CATEGORIES.index(rule.category), rule.id)))


def _find_folders(top: Path) -> list[tuple[str, Path]]:
    """Return category and folder of each rule, at most two levels down."""
    found: list[tuple[str, Path]] = []
    for folder in _folders(top, top):
        if (folder / _FILE).exists():
            found.append((CUSTOM, folder))
            continue
        inner = _folders(folder, top)
        if inner and folder.name not in CATEGORIES:
            raise RuleError(
                f"the category `{folder.name}` does not exist",
                location=Location(str(folder)),
                help=likely(folder.name, CATEGORIES, "categories"),
            )
        found.extend((folder.name, rule_folder) for rule_folder in inner)
    if len(found) > _MOST_RULES:
        raise RuleError(f"there are more than {_MOST_RULES} rules", location=Location(str(top)))
    return found


def _folders(folder: Path, top: Path) -> list[Path]:
    """Return the folders in a folder by name. Raise RuleError if one is a link out of *top*."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if _is_rule_folder(entry))
    except (OSError, ValueError) as error:
        raise RuleError(
            f"the folder `{folder}` cannot be read: {_cause(error)}",
            location=Location(str(folder)),
        ) from error
    for name in names:
        _refuse_way_out(folder / name, top)
    return [folder / name for name in names]


def _is_rule_folder(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith((".", "_")) and entry.is_dir()


def _refuse_way_out(path: Path, top: Path) -> None:
    if not path.resolve().is_relative_to(top.resolve()):
        raise RuleError(f"`{path}` leads out of `{top}`", location=Location(str(path)))


def _read_rule(category: str, folder: Path, *, tables: Mapping[str, Table] | None) -> Rule:
    file = folder / _FILE
    if tables is not None:
        _refuse_way_out(file, folder)
    try:
        if not file.is_file():
            raise RuleError(
                f"the folder `{folder.name}` has no {_FILE}", location=Location(str(folder))
            )
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(
            f"the rule cannot be read: {_cause(error)}", location=Location(str(file))
        ) from error
    if len(data) > _MOST_BYTES:
        raise RuleError(
            f"the rule is larger than {_MOST_BYTES} bytes", location=Location(str(file))
        )
    from cdk_appsync_guard.policy.rule_reader import parse_rule  # noqa: PLC0415 - loads YAML

    return parse_rule(text, str(file), id=folder.name, category=category, tables=tables)


def _cause(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "its name is not valid"


def select_rules(
    rules: Sequence[Rule], select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[Rule, ...]:
    """Return the rules that a scan applies. Raise ConfigError at a name that there is not.

    Both take ids (also earlier ones) and categories, and ``all`` or ``default``: all but hardening,
    which is also what an empty *select* means. *ignore* wins.
    """
    aliases = aliases_of(rules)
    wanted = {aliases.get(name, name) for name in select} or {_DEFAULT}
    unwanted = {aliases.get(name, name) for name in ignore}
    names = {_ALL, _DEFAULT, *CATEGORIES, *(rule.id for rule in rules)}
    for name in sorted(wanted | unwanted):
        if name not in names:
            raise ConfigError(
                f"no rule or category is named `{name}`", help=likely(name, names, "names")
            )
    return tuple(rule for rule in rules if _is_in(wanted, rule) and not _is_in(unwanted, rule))


def _is_in(names: set[str], rule: Rule) -> bool:
    if _ALL in names or rule.id in names or rule.category in names:
        return True
    return _DEFAULT in names and rule.category != OFF_BY_DEFAULT
