"""What a scalar and a tag of YAML mean to CloudFormation.

In: the text of a scalar, or a tag. Out: the plain value, or the long form's name. YAML 1.1, as
CloudFormation supports it, but nothing is lost: dates, and numbers that would change, stay strings.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import math
import re
from typing import Any

__all__ = ["COLLECTION_TAGS", "PLAIN_TAGS", "SHORT_FORMS", "STRING_TAGS", "read_plain"]

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
_FUNCTIONS = (
    "And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap ForEach GetAtt GetAZs "
    "GetStackOutput If ImportValue Join Length Not Or RefAll Select Split Sub ToJsonString "
    "Transform ValueOf ValueOfAll"
)
SHORT_FORMS = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{f"!{name}": f"Fn::{name}" for name in _FUNCTIONS.split()},
}
_YAML = "tag:yaml.org,2002:"
PLAIN_TAGS = frozenset(_YAML + name for name in ("bool", "float", "int", "null"))
STRING_TAGS = frozenset({"!", _YAML + "str", _YAML + "timestamp"})
COLLECTION_TAGS = frozenset({"!", _YAML + "map", _YAML + "seq"})

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {
    spelling: value
    for word, value in (
        ("true", True),
        ("yes", True),
        ("on", True),
        ("false", False),
        ("no", False),
        ("off", False),
    )
    for spelling in (word, word.capitalize(), word.upper())
}
_MAY_START_NUMBER = frozenset("+-.0123456789")
# Digits that start with 0 are an account id or a version rather than an octal number.
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")


def read_plain(text: str) -> Any:
    """Return what an unquoted scalar means: None, a boolean, a number, or the text itself."""
    if text in _NULLS:
        return None
    if text[0] in _MAY_START_NUMBER:
        return _read_number(text)
    return _BOOLEANS.get(text, text)


def _read_number(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _HEXADECIMAL.fullmatch(text):
        return int(text, 16)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
