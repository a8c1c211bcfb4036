"""IAM condition blocks against a request's context.

In: a ``Condition`` block and the context keys of a request, if there is a request. Out: True, False
or None (it depends). A template tells no context, so a scan gets None for nearly every block.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone

from cdk_appsync_guard.iam.arn_match import matches
from cdk_appsync_guard.template.values.value import Value

__all__ = ["Context", "certain_context", "holds", "settle"]

Context = Mapping[str, "str | Sequence[str]"]
"""Context keys in lower case and their values, all as strings."""

_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnlike",
    "arnnotlike": "arnlike",
}


def holds(condition: Value, context: Context | None) -> bool | None:
    """Return whether the whole block holds; an absent or empty block always does."""
    if condition is None or condition == {}:
        return True
    if not isinstance(condition, dict) or context is None:
        return None
    answers = [
        _operator_holds(operator, key, wanted, context)
        for operator, keys in condition.items()
        for key, wanted in (keys.items() if isinstance(keys, dict) else [("", None)])
    ]
    if False in answers:
        return False
    return None if None in answers else True


def certain_context(now: datetime) -> tuple[Context, ...]:
    """Return what every request to an endpoint of AWS has in its context, from now on.

    Requests are made over TLS, not before now and not after the end of time.
    """
    moments = (now, datetime.max.replace(tzinfo=timezone.utc))
    return tuple(
        {
            "aws:securetransport": "true",
            "aws:currenttime": moment.isoformat(),
            "aws:epochtime": str(int(moment.timestamp())),
        }
        for moment in moments
    )


def settle(condition: Value, known: Sequence[Context]) -> bool | None:
    """Return whether the block holds for every request, or for none; None if that depends.

    *known* are contexts that bound what every request has; other keys are not known.
    """
    if condition is None or condition == {}:
        return True
    if not isinstance(condition, dict) or not known:
        return None
    answers = [
        _settle_one(operator, key, wanted, known)
        for operator, keys in condition.items()
        for key, wanted in (keys.items() if isinstance(keys, dict) else [("", None)])
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _settle_one(operator: str, key: str, wanted: Value, known: Sequence[Context]) -> bool | None:
    name = key.lower()
    if any(name not in context for context in known):
        return None
    if len({str(context[name]) for context in known}) > 1 and "than" not in operator.lower():
        return None  # some moment in between
    answers = {_operator_holds(operator, key, wanted, context) for context in known}
    return answers.pop() if len(answers) == 1 else None


def _operator_holds(operator: str, key: str, wanted: Value, context: Context) -> bool | None:
    """Answer one operator and key: all operators and keys of a block must hold."""
    name = operator.lower()
    quantifier, _, rest = name.rpartition(":")
    if_exists = rest.endswith("ifexists")
    rest = rest.removesuffix("ifexists")
    found = context.get(key.lower())
    if rest == "null":
        return _null_holds(wanted, absent=found is None)
    compare = _COMPARE.get(_NEGATED.get(rest, rest))
    patterns = _strings(wanted)
    if compare is None or patterns is None:
        return None
    if found is None:
        return if_exists or rest in _NEGATED or quantifier == "forallvalues"
    values = [found] if isinstance(found, str) else list(found)
    hits = [_any(compare, value, patterns, context) for value in values]
    if rest in _NEGATED:
        hits = [None if hit is None else not hit for hit in hits]
    if None in hits:
        return None
    return all(hits) if quantifier == "forallvalues" or rest in _NEGATED else any(hits)


def _null_holds(wanted: Value, *, absent: bool) -> bool | None:
    patterns = _strings(wanted)
    if patterns is None:
        return None
    return any((pattern.lower() == "true") == absent for pattern in patterns)


def _strings(wanted: Value) -> list[str] | None:
    values = wanted if isinstance(wanted, list) else [wanted]
    texts = []
    for value in values:
        if isinstance(value, bool):
            texts.append("true" if value else "false")
        elif isinstance(value, (str, int, float)):
            texts.append(str(value))
        else:
            return None
    return texts


_Compare = Callable[[str, str, Context], "bool | None"]


def _any(compare: _Compare, value: str, patterns: list[str], context: Context) -> bool | None:
    answers = [compare(value, pattern, context) for pattern in patterns]
    if True in answers:
        return True
    return None if None in answers else False


def _like(value: str, pattern: str, context: Context) -> bool | None:
    return matches(pattern, value, _single(context))


def _arn_like(value: str, pattern: str, context: Context) -> bool | None:
    """Compare the six parts of an ARN each for itself, as IAM does."""
    patterns, values = pattern.split(":", 5), value.split(":", 5)
    if len(patterns) != len(values):
        return False
    variables = _single(context)
    pairs = zip(patterns, values, strict=True)
    return all(matches(wanted, part, variables) for wanted, part in pairs)


def _equals(value: str, pattern: str, context: Context) -> bool | None:
    literal = pattern.replace("*", "${*}").replace("?", "${?}") if "${" not in pattern else pattern
    return matches(literal, value, _single(context))


def _equals_ignoring_case(value: str, pattern: str, context: Context) -> bool | None:
    return _equals(value.lower(), pattern.lower(), context)


def _single(context: Context) -> dict[str, str]:
    return {key: value for key, value in context.items() if isinstance(value, str)}


def _boolean(value: str, pattern: str, _: Context) -> bool:
    return value.lower() == pattern.lower()


def _numeric(test: Callable[[float, float], bool]) -> _Compare:
    def compare(value: str, pattern: str, _: Context) -> bool | None:
        try:
            return test(float(value), float(pattern))
        except ValueError:
            return False

    return compare


def _date(test: Callable[[float, float], bool]) -> _Compare:
    def compare(value: str, pattern: str, _: Context) -> bool | None:
        left, right = _seconds(value), _seconds(pattern)
        return left is not None and right is not None and test(left, right)

    return compare


def _seconds(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return float(text) if text.isdigit() else None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _address(value: str, pattern: str, _: Context) -> bool | None:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        return False


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda left, right: left == right,
    "lessthan": lambda left, right: left < right,
    "lessthanequals": lambda left, right: left <= right,
    "greaterthan": lambda left, right: left > right,
    "greaterthanequals": lambda left, right: left >= right,
}
_COMPARE: dict[str, _Compare] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_ignoring_case,
    "stringlike": _like,
    "arnlike": _arn_like,
    "arnequals": _arn_like,
    "bool": _boolean,
    "ipaddress": _address,
    **{f"numeric{order}": _numeric(test) for order, test in _ORDERS.items()},
    **{f"date{order}": _date(test) for order, test in _ORDERS.items()},
}
