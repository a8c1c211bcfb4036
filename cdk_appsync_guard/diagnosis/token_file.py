"""A JWT by itself, as a file or on the command line → an Exchange without an answer."""

from __future__ import annotations

import re

from cdk_appsync_guard.diagnosis.exchange import Exchange, Sent
from cdk_appsync_guard.errors import Location

__all__ = ["is_token_text", "read_token_file"]

_PREFIX = re.compile(r"(?i)(?:authorization\s{0,3}:\s{0,3})?(?:bearer\s{1,3})?")
_TOKEN = re.compile(r"eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?")


def is_token_text(text: str) -> bool:
    """Return whether the text is one token and nothing else."""
    return _TOKEN.fullmatch(_bare(text)) is not None


def read_token_file(text: str, file: str) -> Exchange:
    """Return the token as something that was sent."""
    at = Location(file, 1)
    headers = {"authorization": _bare(text)}
    return Exchange("token", at, Sent(headers=headers, places={"authorization": at}))


def _bare(text: str) -> str:
    stripped = text.strip().strip("\"'")
    found = _PREFIX.match(stripped)
    return stripped[found.end() :].strip() if found else stripped
