"""Which data are a plan or a state of Terraform or OpenTofu, by content.

In: data, or the bytes of a file. Out: yes or no.
https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["is_plan", "is_raw_state", "looks_like_plan"]

_SECTIONS = ("planned_values", "values", "terraform_version")


def is_plan(data: Mapping[str, Any]) -> bool:
    """Tell whether the data are what ``terraform show -json`` writes."""
    if not isinstance(data.get("format_version"), str) or "Resources" in data:
        return False
    return any(name in data for name in _SECTIONS)


def is_raw_state(data: Mapping[str, Any]) -> bool:
    """Tell whether the data are a state as Terraform keeps it for itself."""
    return "lineage" in data and "serial" in data and "terraform_version" in data


def looks_like_plan(data: bytes) -> bool:
    """Tell whether the bytes could be a plan or a state, without parsing them."""
    return b'"format_version"' in data and (b'"planned_values"' in data or b'"root_module"' in data)
