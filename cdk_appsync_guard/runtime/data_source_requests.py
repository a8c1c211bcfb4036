"""What each kind of data source takes, and whether a request is that.

In: a request as code made it, and the kind. Out: what is wrong with it, in words, "" if nothing is
known to be. Members that AWS calls required are asked for, and nothing else.
https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-dynamodb.html
"""

from __future__ import annotations

from collections.abc import Mapping

from cdk_appsync_guard.runtime.model import HOLE, Data, UnknownData

__all__ = ["lacks_word", "problem_of"]

_OPERATIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "AMAZON_DYNAMODB": {
        "GetItem": ("key",),
        "PutItem": ("key", "attributeValues"),
        "UpdateItem": ("key", "update"),
        "DeleteItem": ("key",),
        "Query": ("query",),
        "Scan": (),
        "Sync": (),
        "BatchGetItem": ("tables",),
        "BatchPutItem": ("tables",),
        "BatchDeleteItem": ("tables",),
        "TransactGetItems": ("transactItems",),
        "TransactWriteItems": ("transactItems",),
    },
    "AWS_LAMBDA": {"Invoke": (), "BatchInvoke": ()},
    "AMAZON_EVENTBRIDGE": {"PutEvents": ("events",)},
}
_NO_OPERATION = "does not have `operation`"
_MEMBERS: dict[str, tuple[str, ...]] = {
    "HTTP": ("method", "resourcePath"),
    "RELATIONAL_DATABASE": ("statements",),
    "AMAZON_OPENSEARCH_SERVICE": ("operation", "path"),
    "AMAZON_ELASTICSEARCH": ("operation", "path"),
}


def problem_of(request: Mapping[str, Data], kind: str) -> str:
    """Return what the data source does not take about the request."""
    operations = _OPERATIONS.get(kind)
    if operations is None:
        return _lacks(request, _MEMBERS.get(kind, ()))
    if "operation" not in request:
        return _NO_OPERATION
    operation = request["operation"]
    if isinstance(operation, UnknownData) or HOLE in str(operation):
        return ""
    if operation not in operations:
        return f"asks for the operation `{str(operation)[:60]}`, which does not exist"
    return _lacks(request, operations[operation], f" for `{operation}`")


def lacks_word(code: str, kind: str) -> bool:
    """Return whether the text of code lacks a name that each request for the data source has.

    Code without it may still make one from parts; code with it need not be run to be looked at.
    """
    operations = _OPERATIONS.get(kind)
    if operations is None:
        return any(name not in code for name in _MEMBERS.get(kind, ()))
    if "@aws-appsync/utils/" in code:
        return False
    named = [name for name in operations if name in code]
    return "operation" not in code or not any(
        all(member in code for member in operations[name]) for name in named
    )


def _lacks(request: Mapping[str, Data], members: tuple[str, ...], what: str = "") -> str:
    missing = next((name for name in members if request.get(name, _ABSENT) is _ABSENT), None)
    return f"does not have `{missing}`{what}" if missing else ""


_ABSENT = object()
