"""AppSync's authorization as plainly as Python can say it: slow, naive, and on its own.

Nothing of the package is imported. An API, a schema and a caller are dictionaries:

    api     {"default": mode, "additional": [mode, ...], "default_action": "ALLOW" or "DENY"}
    schema  {"query": name, "mutation": name, "types": {name: {"directives": [...], "fields": {...}}}}
    field   {"type": "[Post!]!", "directives": [{"name": "aws_iam", "groups": None}]}
    caller  {"mode": mode, "groups": {name, ...}}

A type that is not among the schema's is a scalar; there are no interfaces and no unions.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
"""

from __future__ import annotations

from typing import Any

COGNITO = "AMAZON_COGNITO_USER_POOLS"
MODE_OF = {
    "aws_api_key": "API_KEY",
    "aws_iam": "AWS_IAM",
    "aws_oidc": "OPENID_CONNECT",
    "aws_lambda": "AWS_LAMBDA",
    "aws_cognito_user_pools": COGNITO,
}
Record = dict[str, Any]


def check(api: Record, schema: Record, caller: Record, type_name: str, field_name: str) -> str:
    """Say whether the caller may select the field: allowed, denied or undecided."""
    parent = schema["types"][type_name]
    field = parent["fields"][field_name]
    if caller["mode"] not in [api["default"], *api["additional"]]:
        return "denied"

    # A directive on the field beats those on the type; they are not merged.
    rules = [rule for rule in field["directives"] if rule["name"] in MODE_OF]
    if not rules:
        rules = [rule for rule in parent["directives"] if rule["name"] in MODE_OF]
    listed = [MODE_OF[rule["name"]] for rule in rules]

    if not api["additional"] and api["default"] == COGNITO:
        return check_with_pools_alone(api, schema, caller, type_name, field, listed)

    if not api["additional"]:
        if not rules:
            return "allowed"
        if caller["mode"] in listed:
            return "allowed"
        return "undecided"  # a directive of a mode that the API does not have

    if not rules:
        if caller["mode"] == api["default"]:
            return "allowed"
        return "denied"  # additional modes get nothing by default
    mine = [rule["groups"] for rule in rules if MODE_OF[rule["name"]] == caller["mode"]]
    return check_groups(mine, caller)


def check_with_pools_alone(
    api: Record, schema: Record, caller: Record, type_name: str, field: Record, listed: list[str]
) -> str:
    """On such an API only ``@aws_auth`` on root fields and the default action count."""
    if type_name in (schema.get("query"), schema.get("mutation"), schema.get("subscription")):
        uses = [rule["groups"] for rule in field["directives"] if rule["name"] == "aws_auth"]
        if uses:
            return check_groups(uses, caller)
        if api["default_action"] == "DENY":
            return "denied"
        if any(mode != COGNITO for mode in listed):
            return "undecided"
        return "allowed"
    if api["default_action"] == "DENY":
        return "undecided"
    return "allowed"


def check_groups(uses: list[list[str] | None], caller: Record) -> str:
    """Several directives, and several groups of one, are alternatives."""
    for groups in uses:
        if groups is None:
            return "allowed"
        if caller["mode"] != COGNITO:
            return "allowed"
        if set(groups) & set(caller["groups"]):
            return "allowed"
    if [] in uses:
        return "undecided"  # nobody says what an empty list means
    return "denied"


def run(api: Record, schema: Record, caller: Record, selection: Record) -> tuple[Any, list[str]]:
    """Answer a query: its data, and the paths of its errors. A leaf has an empty selection."""
    errors: list[str] = []
    data = walk(api, schema, caller, schema["query"], selection, "", errors)
    return data, errors


def walk(  # noqa: PLR0913, PLR0917 - plain values, no objects: that is the point of this file
    api: Record,
    schema: Record,
    caller: Record,
    type_name: str,
    selection: Record,
    path: str,
    errors: list[str],
) -> Any:
    out: Record = {}
    is_null = False
    for name, below in selection.items():
        if name == "__typename":
            out[name] = type_name
            continue
        signature = schema["types"][type_name]["fields"][name]["type"]
        here = f"{path}.{name}" if path else name
        if check(api, schema, caller, type_name, name) == "denied":
            errors.append(here)
            value = None
        elif below:
            deeper = here + ".0" * signature.count("[")
            inner = walk(api, schema, caller, named(signature), below, deeper, errors)
            value = in_lists(signature, inner)
        else:
            value = in_lists(signature, "…")
        out[name] = value
        if value is None and signature.endswith("!"):
            is_null = True
    return None if is_null else out


def in_lists(signature: str, value: Any) -> Any:
    signature = signature.removesuffix("!")
    if not signature.startswith("["):
        return value
    item = signature[1:-1]
    value = in_lists(item, value)
    if value is None and item.endswith("!"):
        return None
    return [value]


def named(signature: str) -> str:
    return signature.replace("[", "").replace("]", "").replace("!", "")


def outcomes(api: Record, schema: Record, caller: Record, type_name: str) -> list[str]:
    fields = schema["types"][type_name]["fields"]
    return [check(api, schema, caller, type_name, name) for name in fields]


def paths_from(
    api: Record, schema: Record, caller: Record, starts: list[list[str]], through: set[str]
) -> list[list[str]]:
    """List the ways on from some paths of ``Type.field`` whose every field but the last lets through.

    Shorter ways come first, then those through earlier fields. Longer than there are types, plus
    the root field, a way only repeats itself.
    """
    ways = list(starts)
    layer = list(starts)
    for _ in schema["types"]:
        longer: list[Any] = []
        for way in layer:
            type_name, name = way[-1].split(".")
            if check(api, schema, caller, type_name, name) not in through:
                continue
            returned = named(schema["types"][type_name]["fields"][name]["type"])
            children = schema["types"].get(returned, {"fields": {}})["fields"]
            longer.extend([*way, f"{returned}.{child}"] for child in children)
        ways.extend(longer)
        layer = longer
    return ways


def verdict(api: Record, schema: Record, caller: Record, coordinate: str) -> str:
    type_name, name = coordinate.split(".")
    return check(api, schema, caller, type_name, name)


def response_path(way: list[str]) -> str:
    return ".".join(coordinate.split(".")[1] for coordinate in way)


def reach(
    api: Record, schema: Record, caller: Record, root: str, name: str
) -> tuple[str, str, bool]:
    """Say how much is readable below a root field, the path to the nearest blocked field, and
    whether selecting that field alone nulls the root field's value."""
    own = check(api, schema, caller, root, name)
    if own != "allowed":
        return own, "", False
    start = [f"{root}.{name}"]
    returned = named(schema["types"][root]["fields"][name]["type"])
    if returned not in schema["types"]:
        return "all", "", False

    blocked = [
        way
        for way in paths_from(api, schema, caller, [start], {"allowed"})
        if verdict(api, schema, caller, way[-1]) == "denied"
    ]
    is_open = any(
        verdict(api, schema, caller, way[-1]) == "undecided"
        for way in paths_from(api, schema, caller, [start], {"allowed", "undecided"})
    )
    is_readable = "allowed" in outcomes(api, schema, caller, returned)
    if blocked and is_readable:
        outcome = "some"
    elif is_open:
        return "undecided", "", False
    elif blocked:
        outcome = "none"
    else:
        return "all", "", False

    data = select(api, schema, caller, root, blocked[0])
    return outcome, response_path(blocked[0]), data is None or data[name] is None


def select(api: Record, schema: Record, caller: Record, root: str, way: list[str]) -> Any:
    """Answer the operation that selects one path and nothing else."""
    selection: Record = {}
    for coordinate in reversed(way):
        selection = {coordinate.split(".")[1]: selection}
    return walk(api, schema, caller, root, selection, "", [])


def allowed_ways(api: Record, schema: Record, caller: Record) -> list[list[str]]:
    """List the ways on which every field is allowed, from all root fields."""
    starts = [
        [f"{root}.{name}"]
        for root in (schema.get("query"), schema.get("mutation"))
        if root
        for name in schema["types"][root]["fields"]
    ]
    return [
        way
        for way in paths_from(api, schema, caller, starts, {"allowed"})
        if verdict(api, schema, caller, way[-1]) == "allowed"
    ]


def returned_type(schema: Record, coordinate: str) -> str | None:
    type_name, name = coordinate.split(".")
    returned = named(schema["types"][type_name]["fields"][name]["type"])
    return returned if returned in schema["types"] else None


def dead_ends(api: Record, schema: Record, caller: Record) -> set[tuple[str, int, bool]]:
    """Collect the allowed fields of whose type nothing is: coordinate, fewest steps, certainty."""
    found: dict[str, tuple[str, int, bool]] = {}
    for way in allowed_ways(api, schema, caller):
        returned = returned_type(schema, way[-1])
        if returned is None or way[-1] in found:
            continue
        below = outcomes(api, schema, caller, returned)
        if below and "allowed" not in below:
            found[way[-1]] = (way[-1], len(way), "undecided" not in below)
    return set(found.values())


def null_climbs(api: Record, schema: Record, caller: Record) -> set[tuple[str, str, str]]:
    """Collect the denied non-null fields of types that are partly readable.

    Each with the first of the shortest paths to it, and the coordinate whose value or item is null
    if that path alone is selected, ``data`` if nothing is left.
    """
    found: dict[str, tuple[str, str, str]] = {}
    roots = (schema.get("query"), schema.get("mutation"))
    for way in allowed_ways(api, schema, caller):
        returned = returned_type(schema, way[-1])
        if returned is None or returned in roots:
            continue
        if "allowed" not in outcomes(api, schema, caller, returned):
            continue
        for name, field in schema["types"][returned]["fields"].items():
            coordinate = f"{returned}.{name}"
            is_denied = check(api, schema, caller, returned, name) == "denied"
            if coordinate in found or not is_denied or not field["type"].endswith("!"):
                continue
            whole = [*way, coordinate]
            root = way[0].split(".")[0]
            nulled = find_null(select(api, schema, caller, root, whole), whole)
            found[coordinate] = (coordinate, response_path(whole), nulled)
    return set(found.values())


def find_null(data: Any, way: list[str]) -> str:
    """Return the coordinate on the way at which the null stopped."""
    if data is None:
        return "data"
    for coordinate in way:
        data = data[coordinate.split(".")[1]]
        while isinstance(data, list):
            data = data[0]
        if data is None:
            return coordinate
    raise AssertionError(way)


def group_effect(api: Record, schema: Record, type_name: str, name: str, use: Record) -> str:
    """Say what comes of a directive for Cognito groups on a field.

    Everybody is tried, one after the other: users in no group, in each of the groups a, b and c,
    and callers of each other mode. Who does not come to the type does not count.
    """
    field = schema["types"][type_name]["fields"][name]
    is_auth = use["name"] == "aws_auth"
    alone = not api["additional"] and api["default"] == COGNITO
    if (is_auth and alone and type_name in roots_of(schema)) or (not is_auth and api["additional"]):
        nobody = {"mode": COGNITO, "groups": set()}
        comes = nobody in everybody_at(api, schema, type_name, {"allowed"})
        passes = comes and check(api, schema, nobody, type_name, name) == "allowed"
        return "void-beside-bare" if passes and use["groups"] is not None else "enforced"
    wanted = use["groups"]
    own = [rule for rule in field["directives"] if rule["name"] in MODE_OF]
    named = own or [
        rule for rule in schema["types"][type_name]["directives"] if rule["name"] in MODE_OF
    ]
    invited = {MODE_OF[rule["name"]] for rule in named} - {COGNITO} if not alone else set()
    is_open = False
    for caller in everybody_at(api, schema, type_name, {"allowed", "undecided"}):
        answer = check(api, schema, caller, type_name, name)
        is_there = caller in everybody_at(api, schema, type_name, {"allowed"})
        is_member = caller["mode"] == COGNITO and (wanted is None or set(wanted) & caller["groups"])
        if answer == "allowed" and not is_member and caller["mode"] not in invited:
            if is_there:
                if not is_auth:
                    return "groups-ignored"
                return "aws-auth-below-root" if alone else "aws-auth-ignored"
            is_open = True
        is_open = is_open or answer == "undecided"
    if is_open:
        return "undecided" if COGNITO in [api["default"], *api["additional"]] else "unconfigured"
    member = {"mode": COGNITO, "groups": set(wanted or ())}
    comes = member in everybody_at(api, schema, type_name, {"allowed", "undecided"}, [member])
    has_pool = COGNITO in [api["default"], *api["additional"]]
    shut = check(api, schema, member, type_name, name) == "denied"
    return "members-shut-out" if comes and has_pool and shut else "harmless"


def roots_of(schema: Record) -> list[str]:
    return [schema[one] for one in ("query", "mutation", "subscription") if schema.get(one)]


def everybody_at(
    api: Record,
    schema: Record,
    type_name: str,
    through: set[str],
    callers: list[Record] | None = None,
) -> list[Record]:
    """List the callers who come to a type, if they get through fields of these outcomes."""
    pool = [{"mode": COGNITO, "groups": groups} for groups in ({"a"}, {"b"}, {"c"}, set())]
    others = [{"mode": mode, "groups": set()} for mode in set(MODE_OF.values()) - {COGNITO}]
    found = []
    for caller in callers or [*pool, *others]:
        starts = [
            [f"{root}.{name}"]
            for root in (schema.get("query"), schema.get("mutation"))
            if root
            for name in schema["types"][root]["fields"]
        ]
        ways = paths_from(api, schema, caller, starts, through)
        ends = {way[-1] for way in ways if verdict(api, schema, caller, way[-1]) in through}
        reached = {returned_type(schema, one) for one in ends} | set(roots_of(schema))
        if type_name in reached:
            found.append(caller)
    return found
