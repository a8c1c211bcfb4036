"""A template and what it shows → one HTML file that needs no network and runs nothing foreign.

In: the name of a template, values. Out: text. Every value goes through the one writer and is
escaped by jinja2; a Content-Security-Policy names the style and the script by their hashes, and
nothing else may load or run, so that a name that got through would be text still.
https://www.w3.org/TR/CSP3/#strict-csp
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from cdk_appsync_guard.reporters.encode import encode_line
from cdk_appsync_guard.reporters.html.looks import MEANINGS, WORDS
from cdk_appsync_guard.reporters.html.picture import looks_in
from cdk_appsync_guard.reporters.html.words import marked, place_words, prose, sentence, written
from cdk_appsync_guard.reporters.writer import safe

__all__ = ["render_page"]

_SCRIPTS = ("dom.js", "data.js", "panel.js", "grid.js", "filter.js", "start.js")


def render_page(template: str, version: str, data: dict[str, Any], **shown: Any) -> str:
    """Return the page. *data* is what the script tells on demand, as plain data."""
    style, script = _read("style.css"), "\n".join(map(_read, _SCRIPTS))
    text = (
        _environment()
        .get_template(template)
        .render(
            policy=_policy(style, script),
            style=style,
            script=script,
            # `<` would end the element, and `&` be harmless: https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
            data=encode_line(data).replace("<", "\\u003c"),
            version=version,
            **shown,
        )
    )
    return safe(text)


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=written,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(prose=prose, sentence=sentence, place=place_words)
    made.globals.update(
        words=WORDS, meanings=MEANINGS, marked=marked, looks_in=looks_in, newline=Markup("\n")
    )
    return made
