"""Reports full of hostile strings."""

from __future__ import annotations

from hypothesis import strategies as st

from cdk_appsync_guard.errors import ConfigError, InputError
from cdk_appsync_guard.report import (
    Excerpt,
    Finding,
    Location,
    Notice,
    Report,
    Severity,
    Suppression,
    Symptom,
    Undecided,
    Waiting,
)


def texts() -> st.SearchStrategy[str]:
    hostile = st.sampled_from(
        [
            "\x1b[2J\x1b]0;owned\x07",
            "\x9b31m",
            "\u202egnp.exe",
            "a\r\nb",
            "`x` \ud800",
            "key da2-abcdefghijklmnopqrstuvwxyz",
            "C:\\a b\\ü%.yaml",
            "/abs/template.yaml",
            "日本語 😀",
            "word " * 40,
        ]
    )
    return st.one_of(hostile, st.text(st.characters(exclude_categories=()), max_size=30))


def optional(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def locations() -> st.SearchStrategy[Location]:
    number = st.none() | st.integers(1, 10**6)
    return st.builds(
        Location, texts(), number, number, texts(), optional(texts()), optional(texts())
    )


def findings() -> st.SearchStrategy[Finding]:
    return st.builds(
        Finding,
        rule=texts(),
        category=texts(),
        severity=st.sampled_from(Severity),
        title=texts(),
        message=texts(),
        symptom=optional(
            st.builds(
                Symptom, optional(st.integers(100, 599)), optional(texts()), optional(texts())
            )
        ),
        remediation=texts(),
        references=st.lists(st.just("https://example.com/a"), max_size=2).map(tuple),
        location=locations(),
        api=optional(texts()),
        coordinate=optional(texts()),
        scenario=optional(texts()),
        suppressed=optional(
            st.builds(
                Suppression, st.sampled_from(["metadata", "sdl", "config", "baseline"]), texts()
            )
        ),
        excerpt=optional(st.builds(Excerpt, texts(), st.integers(1, 200))),
    )


def undecided() -> st.SearchStrategy[Undecided]:
    rules = st.lists(waiting(), min_size=1, max_size=3).map(tuple)
    return st.builds(Undecided, reason=texts(), would_decide=texts(), rules=rules)


def waiting() -> st.SearchStrategy[Waiting]:
    return st.builds(
        Waiting,
        rule=texts(),
        category=texts(),
        severity=st.sampled_from(Severity),
        title=texts(),
        location=locations(),
        api=optional(texts()),
        coordinate=optional(texts()),
        scenario=optional(texts()),
    )


def reports() -> st.SearchStrategy[Report]:
    problem = st.builds(
        lambda kind, message, location, help: kind(message, location=location, help=help),
        st.sampled_from([InputError, ConfigError]),
        texts(),
        optional(locations()),
        optional(texts()),
    )
    return st.builds(
        Report,
        findings=st.lists(findings(), max_size=4).map(tuple),
        undecided=st.lists(undecided(), max_size=3).map(tuple),
        notices=st.lists(st.builds(Notice, texts(), optional(locations())), max_size=2).map(tuple),
        problems=st.lists(problem, max_size=2).map(tuple),
        files=st.lists(texts(), max_size=2).map(tuple),
        apis=st.lists(texts(), max_size=2).map(tuple),
    )
