"""The IAM of an account: its users, groups, roles and managed policies, with their documents.

In: an Account, or the file that ``aws iam get-account-authorization-details`` wrote. Out: the four
lists by their names. AWS's own managed policies are left out: ``iam.aws_managed`` knows them.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from cdk_appsync_guard.deployed.calls import CALLS
from cdk_appsync_guard.deployed.client import Account, Denied, Missing
from cdk_appsync_guard.errors import ConfigError
from cdk_appsync_guard.settings.files import read_file

__all__ = ["Details", "document_of", "read_details", "read_details_file"]

Details = Mapping[str, tuple[dict[str, Any], ...]]
"""The lists of GetAccountAuthorizationDetails, by their names."""

_CALL = "iam:GetAccountAuthorizationDetails"
_LISTS = CALLS[_CALL].items
_KINDS = ["User", "Group", "Role", "LocalManagedPolicy"]


def read_details(account: Account) -> Details | Denied:
    """Return the account's IAM as it is now."""
    pages = account.pages(_CALL, Filter=_KINDS)
    if isinstance(pages, Denied):
        return pages
    return _gathered(() if isinstance(pages, Missing) else pages)


def read_details_file(file: str) -> Details:
    """Return the account's IAM as a file holds it: one document, or a list of pages."""
    text = read_file(file, "the IAM details")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"the IAM details `{file}` are not JSON") from error
    pages = data if isinstance(data, list) else [data]
    if not pages or not all(isinstance(page, dict) for page in pages) or not _lists_any(pages):
        raise ConfigError(
            f"`{file}` does not hold what GetAccountAuthorizationDetails answers",
            help=f"write it: aws iam get-account-authorization-details > {file}",
        )
    return _gathered(pages)


def document_of(value: Any) -> Any:
    """Return a policy document, which some tools keep as JSON text with percent signs."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(unquote(value) if value.lstrip().startswith("%7B") else value)
    except (ValueError, RecursionError):
        return None


def _gathered(pages: Iterable[Mapping[str, Any]]) -> Details:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _LISTS}
    for page in pages:
        for name in _LISTS:
            found[name] += _mappings(page.get(name))
    return {name: tuple(some) for name, some in found.items()}


def _mappings(value: Any) -> Iterator[dict[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def _lists_any(pages: list[dict[str, Any]]) -> bool:
    return any(isinstance(page.get(name), list) for page in pages for name in _LISTS)
