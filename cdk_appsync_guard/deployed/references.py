"""Literal ids and ARNs → references to the resources of the template that they mean.

In: values as AWS answers with them. Out: values of a template. The id of an API becomes its
``ApiId``, an ARN of the API's own account and Region one of any account and Region: a template and
what was deployed of it then say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["References"]

_WORD = re.compile(r"[A-Za-z0-9-]+")
_ARN_PARTS = 6
_DEEPEST = 60


@dataclass(frozen=True, slots=True)
class References:
    """What literal texts mean. ``whole`` are entire values, ``ids`` the ids of APIs in any text."""

    partition: str
    region: str
    account: str
    ids: Mapping[str, str]
    whole: dict[str, Any] = field(default_factory=dict)

    def value(self, value: Any, depth: int = _DEEPEST) -> Any:
        """Return a value of an answer as the template writes it.

        Raises:
            ValueError: it is not plain data, but something that CloudFormation would compute.

        """
        if isinstance(value, str):
            return self.text(value)
        if depth == 0:
            raise ValueError("nested too deeply")
        if isinstance(value, list):
            return [self.value(item, depth - 1) for item in value]
        if isinstance(value, dict):
            if any(_is_intrinsic(key) for key in value):
                raise ValueError("it holds an intrinsic function")
            return {str(key): self.value(item, depth - 1) for key, item in value.items()}
        return value

    def text(self, text: str) -> Any:
        """Return a text with what it names replaced by references."""
        if text in self.whole:
            return self.whole[text]
        if text == self.account:
            return {"Ref": "AWS::AccountId"}
        parts: list[Any] = []
        fields = text.split(":", _ARN_PARTS - 1)
        if len(fields) == _ARN_PARTS and fields[0] == "arn":
            parts += self._start_of_arn(fields)
            text = fields[-1]
        parts += self._with_ids(text)
        return _joined(parts)

    def _start_of_arn(self, fields: list[str]) -> list[Any]:
        _, partition, service, region, account, _ = fields
        return [
            "arn:",
            {"Ref": "AWS::Partition"} if partition == self.partition else partition,
            f":{service}:",
            {"Ref": "AWS::Region"} if region and region == self.region else region,
            ":",
            {"Ref": "AWS::AccountId"} if account and account == self.account else account,
            ":",
        ]

    def _with_ids(self, text: str) -> list[Any]:
        parts: list[Any] = []
        start = 0
        for found in _WORD.finditer(text):
            logical_id = self.ids.get(found[0])
            if logical_id is not None:
                parts += [text[start : found.start()], {"Fn::GetAtt": [logical_id, "ApiId"]}]
                start = found.end()
        return [*parts, text[start:]]


def _joined(parts: list[Any]) -> Any:
    """Return the parts as one value, neighboring texts put together."""
    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else {"Fn::Join": ["", merged]}


def _is_intrinsic(key: Any) -> bool:
    return key == "Ref" or str(key).startswith("Fn::")
