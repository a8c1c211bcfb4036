"""Changes between two templates → text: who gains, who loses, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cdk_appsync_guard.access.matrix_diff import Change
from cdk_appsync_guard.reporters.terminal import Style
from cdk_appsync_guard.reporters.writer import text_of

__all__ = ["change_lines", "change_summary", "render_changes"]


def render_changes(changes: Sequence[Change], style: Style) -> str:
    """Return the changes by API, kind and caller, and one line of summary."""
    return text_of(change_lines(changes, style), color=style.color)


def change_lines(changes: Sequence[Change], style: Style) -> list[str]:
    """Return the lines of a text in which the changes are a part."""
    lines: list[str] = []
    for api in dict.fromkeys(change.api for change in changes):
        lines += [style.paint(f"API {api}", "bold"), ""]
        for kind in _KINDS:
            some = [one for one in changes if (one.api, one.change) == (api, kind)]
            lines += _kind_lines(kind, some, style)
    return [*lines, *style.wrap(change_summary(changes), "", "", "bold")]


def _kind_lines(kind: str, changes: Sequence[Change], style: Style) -> Iterator[str]:
    sign, color = _KINDS[kind]
    groups: dict[tuple[str, ...], list[Change]] = {}
    for one in changes:
        key = (one.caller, one.mode, one.before, one.after, one.reason)
        groups.setdefault(key, []).append(one)
    for (caller, mode, before, after, reason), some in groups.items():
        who = caller if caller in ("", mode) else f"{caller} ({mode})"
        head = f"  {style.paint(f'{sign} {kind:<7}', color, 'bold')}  "
        yield from style.wrap(who or "all callers", head, " " * 13, "bold")
        names = [one.coordinate for one in some if one.coordinate]
        if names:
            yield from style.wrap(_some(names), " " * 13, " " * 13, "cyan")
        when = f"{before or 'known'} -> {after or 'known'}"
        side = "before" if kind == "gains" else "now"
        text = f"{when}; {side}: {reason}" if reason else when
        yield from style.wrap(text, " " * 13, " " * 13, "dim")
        yield ""


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MANY
    return ", ".join(names[:_MANY]) + (f" and {more:,} more" if more > 0 else "")


def change_summary(changes: Sequence[Change]) -> str:
    """Return the changes in one line."""
    counts = {kind: sum(one.change == kind for one in changes) for kind in _KINDS}
    if not changes:
        return "no caller's access changes"
    gain, lose = (
        len({(one.api, one.caller) for one in changes if one.change == kind})
        for kind in ("gains", "loses")
    )
    parts = [
        f"{_count(gain, 'caller gains', 'callers gain')} {_fields(counts['gains'])}",
        f"{_count(lose, 'caller loses', 'callers lose')} {_fields(counts['loses'])}",
        f"{_count(counts['unclear'], 'change', 'changes')} unclear",
    ]
    told = zip(parts, counts.values(), strict=True)
    return ", ".join(part for part, count in told if count)


def _fields(number: int) -> str:
    return _count(number, "field", "fields")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


_KINDS = {"gains": ("+", "green"), "loses": ("-", "red"), "unclear": ("?", "magenta")}
_MANY = 24
