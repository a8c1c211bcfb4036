"""Advice in CloudFormation's terms → in Terraform's, by the same table that a plan is read with.

In: the text of a remediation or a fix. Out: the text with types, properties, and references as
Terraform calls them. What stands in backticks is the user's own, save for references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cdk_appsync_guard.template.inputs.terraform.fields import Fields, Kind
from cdk_appsync_guard.template.inputs.terraform.kinds import KINDS
from cdk_appsync_guard.template.inputs.terraform.plan import without_keys

__all__ = ["in_terms_of_terraform"]

_WORD = re.compile(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+|[A-Z][A-Za-z0-9]+")
_REFERENCE = re.compile(r"!(?P<function>GetAtt|Ref) (?P<name>[^`\s]+)")
_PSEUDO = {
    "AWS::AccountId": "data.aws_caller_identity.current.account_id",
    "AWS::Partition": "data.aws_partition.current.partition",
    "AWS::Region": "data.aws_region.current.name",
}


def in_terms_of_terraform(text: str) -> str:
    """Return the text with Terraform's names."""
    parts = _REFERENCE.sub(_reference, text).split("`")
    parts[::2] = [_WORD.sub(_word, part) for part in parts[::2]]
    return "`".join(parts)


def _word(found: re.Match[str]) -> str:
    return _names().get(found[0], found[0])


def _reference(found: re.Match[str]) -> str:
    """Return a reference as Terraform writes it; one to any other resource stays."""
    name = found["name"]
    end = name[len(name.rstrip(".,;:")) :]
    name = name[: len(name) - len(end)]
    if name in _PSEUDO:
        return _PSEUDO[name] + end
    address, attribute = (name, "") if found["function"] == "Ref" else _parted(name)
    kind = _kind(address)
    known = {value: key for key, value in reversed(list(kind.attributes.items()))} if kind else {}
    return f"{address}.{known[attribute]}{end}" if attribute in known else found[0]


def _parted(name: str) -> tuple[str, str]:
    address, _, attribute = name.rpartition(".")
    return address, attribute


def _kind(address: str) -> Kind | None:
    """Return the kind of a resource of Terraform by its address."""
    return KINDS.get(".".join(without_keys(address).split(".")[-2:]).partition(".")[0])


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Return Terraform's name of each type, and of each property that has but one name there."""
    found: dict[str, set[str]] = {}
    for type_, kind in KINDS.items():
        found.setdefault(kind.type, set()).add(type_)
        for name, attribute in _properties(kind.fields):
            found.setdefault(name, set()).add(attribute)
    return {
        name: attributes.pop()
        for name, attributes in found.items()
        # A word with one capital letter may be any word of a sentence.
        if len(attributes) == 1 and (":" in name or name[1:].lower() != name[1:])
    }


def _properties(table: Fields) -> Iterator[tuple[str, str]]:
    for attribute, field in table.items():
        yield field.property, attribute
        yield from _properties(field.block)
