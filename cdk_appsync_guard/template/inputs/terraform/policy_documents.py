"""A data source ``aws_iam_policy_document`` that is read during the apply → the policy it writes.

In: an Instance. Out: the document, with what is not known yet in its place.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cdk_appsync_guard.template.inputs.terraform.plan import Instance, items, listed, mapping

__all__ = ["document_of"]

Why: TypeAlias = "Callable[[Instance, Mapping[str, Any], str], Any]"
"""Why an attribute of a block is not known: the instance, the block's expressions, its name."""

_LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_BEFORE = ("source_policy_documents", "source_json")
_AFTER = ("override_policy_documents", "override_json")


def document_of(data: Instance, why: Why) -> Any:
    """Return the policy document that the data source writes."""
    expressions = mapping(data.expressions)
    for name in (*_BEFORE, *_AFTER):
        unknown = data.unknown.get(name)
        if unknown is True or (isinstance(unknown, list) and True in unknown):
            return why(data, expressions, name)
        if name in _AFTER and data.values.get(name):
            return why(data, expressions, name)  # what it replaces depends on ids
    if data.unknown.get("statement") is True:
        return why(data, expressions, "statement")
    blocks = items(data.values.get("statement"))
    unknown = listed(data.unknown.get("statement"))
    written = items(expressions.get("statement"))
    statements = [one for name in _BEFORE for one in _given(data.values.get(name))]
    for at, block in enumerate(blocks):
        said = mapping(unknown[at]) if at < len(unknown) else {}
        texts = written[at] if len(written) == len(blocks) else {}
        statements.append(_statement(data, block, said, texts, why))
    return {"Version": data.values.get("version") or "2012-10-17", "Statement": statements}


def _statement(
    data: Instance,
    block: Mapping[str, Any],
    unknown: Mapping[str, Any],
    written: Mapping[str, Any],
    why: Why,
) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": block.get("effect") or "Allow"}
    if unknown.get("effect") is True:
        made["Effect"] = why(data, written, "effect")
    if isinstance(block.get("sid"), str) and block["sid"]:
        made["Sid"] = block["sid"]
    for name, key in _LISTS.items():
        value = _strings(data, block, unknown, written, name, why)
        if value:
            made[key] = value
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if _is_open(unknown.get(name)):
            made[key] = why(data, written, name)
        elif items(block.get(name)):
            made[key] = _principals(items(block.get(name)))
    if _is_open(unknown.get("condition")):
        made["Condition"] = why(data, written, "condition")
    elif items(block.get("condition")):
        made["Condition"] = _conditions(items(block.get("condition")))
    return made


def _strings(
    data: Instance,
    block: Mapping[str, Any],
    unknown: Mapping[str, Any],
    written: Mapping[str, Any],
    name: str,
    why: Why,
) -> Any:
    said = unknown.get(name)
    if said is True:
        return why(data, written, name)
    known = [one for one in listed(block.get(name)) if one is not None]
    if _is_open(said):
        return [*known, why(data, written, name)]
    return known


def _is_open(unknown: Any) -> bool:
    """Return whether anything in it is not known."""
    waiting = [unknown]
    while waiting:
        one = waiting.pop()
        if one is True:
            return True
        waiting += one.values() if isinstance(one, dict) else listed(one)
    return False


def _principals(blocks: list[dict[str, Any]]) -> Any:
    made: dict[str, list[Any]] = {}
    for block in blocks:
        kind, identifiers = str(block.get("type")), listed(block.get("identifiers"))
        if kind == "*" and identifiers == ["*"]:
            return "*"
        made.setdefault(kind, []).extend(identifiers)
    return made


def _conditions(blocks: list[dict[str, Any]]) -> dict[str, dict[str, list[Any]]]:
    made: dict[str, dict[str, list[Any]]] = {}
    for block in blocks:
        keys = made.setdefault(str(block.get("test")), {})
        keys.setdefault(str(block.get("variable")), []).extend(listed(block.get("values")))
    return made


def _given(texts: Any) -> list[Any]:
    """Return the statements of documents that the data source begins with."""
    found: list[Any] = []
    for text in texts if isinstance(texts, list) else [texts]:
        try:
            document = json.loads(text) if isinstance(text, str) and text else {}
        except (ValueError, RecursionError):
            continue
        statements = mapping(document).get("Statement")
        found += statements if isinstance(statements, list) else items([statements])
    return found
