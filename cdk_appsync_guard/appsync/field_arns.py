"""The Resource of an IAM statement → what its author meant by it, and how it should be written.

In: a resource pattern as resolved. Out: Shape. Whether a pattern matches a field is for
``wildcards`` to say; a shape explains why it does not.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from cdk_appsync_guard.template.values.value import Hole, Text, concatenate

__all__ = ["Shape", "read_shape"]

_FIRST_MARK = 0xE000  # the private use area: one character stands for one hole
_ARN = re.compile(r"arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)", re.DOTALL)
_API = re.compile(r"apis/([^/]*)(.*)", re.DOTALL)
_FIELD = re.compile(r"/types/([^/]+)/fields/([^/]+)")
_TYPE = re.compile(r"/types/([^/]+)/(?:\*|fields/?\*)")
_PLACEHOLDER = re.compile(
    r"<[^<>]+>|#\{[^{}]+\}|your[-_ ]?\w+|graphql-?api-?id|api[-_]id|x{6,}", re.IGNORECASE
)
_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_VERBS = frozenset(("create", "read", "update", "delete", "list", "get"))


ShapeForm: TypeAlias = Literal[
    "everything", "api", "type", "field", "bare-api", "malformed", "other-service", "unknown"
]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a resource pattern says.

    ``form`` is everything, api, type, field, bare-api, malformed, other-service or unknown.
    ``api`` is the API's id as written, None if the pattern names none. ``mistake`` says in words
    what is wrong, and ``corrected`` how it should be written, where that is plain. ``is_appsync``
    tells that the pattern is known to be an ARN of AppSync: its service, or an attribute of an API,
    says so. What is merely unknown is not.
    """

    form: ShapeForm
    api: str | Text | None = None
    type_name: str = ""
    field_name: str = ""
    mistake: str = ""
    corrected: str = ""
    is_appsync: bool = False


def read_shape(pattern: str | Text) -> Shape:
    """Return what the pattern says."""
    marked, holes = _mark(pattern)
    if marked == "*":
        return Shape("everything")
    url = _endpoint(marked, holes)
    if url:
        return Shape("malformed", mistake=url, corrected="${Api.Arn}/types/TYPE/fields/FIELD")
    if "#{" in marked:
        fixed = marked.replace("#{", "${")
        mistake = "CloudFormation does not replace `#{...}`; use `${...}` in an `Fn::Sub`"
        return Shape("malformed", mistake=mistake, corrected=fixed)
    if holes and marked[0] == chr(_FIRST_MARK) and holes[0].service not in ("", "AppSync"):
        return Shape("other-service")
    arn = _ARN.fullmatch(marked)
    if arn is None:
        return _unmark(_read_fragment(marked, holes), holes)
    shape = _unmark(_read_arn(*arn.groups()), holes)
    return replace(shape, is_appsync=arn[2] == "appsync" and arn[5].startswith("apis/"))


def _mark(pattern: str | Text) -> tuple[str, tuple[Hole, ...]]:
    if isinstance(pattern, str):
        return pattern, ()
    holes = tuple(dict.fromkeys(pattern.holes))
    return "".join(
        chr(_FIRST_MARK + holes.index(part)) if isinstance(part, Hole) else part
        for part in pattern.parts
    ), holes


def _endpoint(marked: str, holes: tuple[Hole, ...]) -> str:
    names = [hole.name for hole in holes]
    if marked.startswith(("https:", "http:", "wss:")) or _ends(names, ".GraphQLUrl"):
        return "this is the URL of the API, and IAM matches ARNs"
    if "endpoints/graphql-api" in marked or _ends(names, ".GraphQLEndpointArn"):
        return "this is the ARN of the endpoint, which fields do not have"
    return ""


def _ends(names: list[str], end: str) -> bool:
    return any(name.endswith(end) for name in names)


def _read_arn(partition: str, service: str, region: str, account: str, rest: str) -> Shape:
    start = f"arn:{partition}:appsync:{region}:{account}:"
    if service == "execute-api" and rest.startswith("apis/"):
        mistake = "the service is `appsync`; `execute-api` is API Gateway"
        return Shape("malformed", mistake=mistake, corrected=start + rest)
    if service != "appsync":
        return Shape("everything" if "*" in service or "?" in service else "other-service")
    if rest == "*":
        return Shape("everything")
    if not region or not account:
        missing = "region" if not region else "account"
        corrected = f"arn:{partition}:appsync:{region or '${AWS::Region}'}:"
        corrected += f"{account or '${AWS::AccountId}'}:{rest}"
        return Shape("malformed", mistake=f"the {missing} is missing", corrected=corrected)
    for wrong, mistake in (("/v1/apis/", "`/v1/apis` is for managing APIs"), ("/apis/", "")):
        if rest.startswith(wrong):
            corrected = start + "apis/" + rest[len(wrong) :]
            text = mistake or "there is a slash before `apis`"
            return Shape("malformed", mistake=text, corrected=corrected)
    api = _API.fullmatch(rest)
    if api is None:
        return Shape(
            "everything" if rest.startswith(("*", "ap", "?")) and "*" in rest else "unknown"
        )
    return _read_api(start, api[1], api[2])


def _read_api(start: str, api: str, rest: str) -> Shape:
    if _PLACEHOLDER.fullmatch(api):
        mistake = f"`{api}` is a placeholder that was never filled in"
        return Shape("malformed", mistake=mistake, corrected=f"{start}apis/${{Api.ApiId}}{rest}")
    if not rest:
        form: ShapeForm = "api" if api.endswith("*") else "bare-api"
        return Shape(form, api, corrected=f"{start}apis/{api}/*")
    if rest in ("/*", "/types/*", "/types/*/*", "/types/*/fields/*"):
        return Shape("api", api)
    field = _FIELD.fullmatch(rest)
    if field is not None and field[2] != "*":
        return _named(start, api, field[1], field[2])
    kind = _TYPE.fullmatch(rest)
    if kind is not None:
        return _named(start, api, kind[1], "")
    mistake, fixed = _mend(rest)
    corrected = f"{start}apis/{api}{fixed}" if fixed else ""
    return Shape("malformed", api, mistake=mistake, corrected=corrected)


def _named(start: str, api: str, type_name: str, field_name: str) -> Shape:
    """Return the shape of a pattern that is written well; its names may still be wrong."""
    if type_name in _VERBS:
        mistake = f"`{type_name}` is a verb; after `types/` comes a type such as Query"
        return Shape("malformed", api, type_name, field_name, mistake)
    if field_name == "fields" or type_name in ("types", "fields"):
        corrected = f"{start}apis/{api}/types/Query/fields/FIELD"
        return Shape("malformed", api, type_name, field_name, "the parts are mixed up", corrected)
    return Shape("field" if field_name else "type", api, type_name, field_name)


def _mend(rest: str) -> tuple[str, str]:
    """Return what is wrong behind the API's id, and the right way to write it."""
    if "//" in rest:
        fixed = re.sub("/+", "/", rest)
        return "there are two slashes", fixed if _FIELD.fullmatch(fixed) else fixed.rstrip("/")
    parts = rest.strip("/").split("/")
    if parts[0] == "types" and len(parts) == 2:  # noqa: PLR2004 - types/T
        return "it ends at the type, and only fields are matched", f"/types/{parts[1]}/*"
    if parts[0] == "types" and len(parts) >= 4 and parts[2] == "fields":  # noqa: PLR2004 - types/T/fields/F/...
        return "something follows the field", "/" + "/".join(parts[:4])
    if parts[0] == "types" and len(parts) == 4:  # noqa: PLR2004 - types/T/x/F
        mistake = f"the part before the field is `fields`, not `{parts[2]}`"
        return mistake, f"/types/{parts[1]}/fields/{parts[3]}"
    if parts[0] == "types" and len(parts) == 3:  # noqa: PLR2004 - types/T/F
        return "`fields` is missing before the field", f"/types/{parts[1]}/fields/{parts[2]}"
    root = _ROOTS.get(parts[0].lower())
    if root is not None:
        field = parts[-1] if len(parts) > 1 else "*"
        end = "*" if field in ("*", "fields") else f"fields/{field}"
        return f"`types` is missing before `{parts[0]}`", f"/types/{root}/{end}"
    return "what follows the API's id is not `/types/TYPE/fields/FIELD`", ""


def _read_fragment(marked: str, holes: tuple[Hole, ...]) -> Shape:
    """Read what is not a whole ARN: a parameter that holds the beginning, or a piece of one."""
    first = marked[:1]
    if first and first == chr(_FIRST_MARK) and holes[0].name.endswith(".ApiId"):
        start = "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/"
        return Shape(
            "malformed", first, mistake="it starts with the API's id", corrected=start + marked
        )
    if first and ord(first) >= _FIRST_MARK:
        field, kind = _FIELD.fullmatch(marked[1:]), _TYPE.fullmatch(marked[1:])
        if field is not None and field[2] != "*":
            return Shape("field", None, field[1], field[2])
        if kind is not None:
            return Shape("type", None, kind[1])
        return Shape("api" if marked[1:] == "/*" else "unknown")
    if marked.startswith(("apis/", "/apis/")) or ":apis/" in marked:
        path = "apis/" + marked.partition("apis/")[2]
        start = "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:"
        count = len(marked.partition("apis/")[0].split(":")) - 1
        missing = "the account is missing" if count == 4 else "it is not a whole ARN"  # noqa: PLR2004
        return Shape("malformed", mistake=missing, corrected=start + path)
    if "*" in marked or "?" in marked:
        wide = marked.startswith(("*", "arn:*")) or re.fullmatch(
            r"arn:[^:]*:(appsync)?[:*?]*", marked
        )
        return Shape("everything" if wide else "unknown")
    return Shape("unknown")


def _unmark(shape: Shape, holes: tuple[Hole, ...]) -> Shape:
    """Put the holes back: the API's id as a value, all else as text."""

    def shown(text: str) -> str:
        for number, hole in enumerate(holes):
            text = text.replace(chr(_FIRST_MARK + number), str(hole))
        return text

    api: str | Text | None = None
    if isinstance(shape.api, str):
        parts = re.split(f"([{chr(_FIRST_MARK)}-\uf8ff])", shape.api)
        texts = (
            Text((holes[ord(part) - _FIRST_MARK],)) if _is_mark(part, holes) else part
            for part in parts
        )
        joined = concatenate(texts)
        api = joined if isinstance(joined, (str, Text)) else None
    return Shape(
        shape.form,
        api,
        shown(shape.type_name),
        shown(shape.field_name),
        shown(shape.mistake),
        shown(shape.corrected),
    )


def _is_mark(part: str, holes: tuple[Hole, ...]) -> bool:
    return len(part) == 1 and 0 <= ord(part) - _FIRST_MARK < len(holes)
