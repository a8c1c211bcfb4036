"""Resolver resources → pipelines of code that can be run.

In: a resolver of an Api. Out: Pipeline; code that is not at hand says why. Files are read only
through the stack, which never leaves the assembly's own folder. Nothing is run.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-appsync-resolver.html
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.runtime.model import Code, Pipeline, Step, hole
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown, Value, display, unknown_of

__all__ = ["data_source_kind", "read_codes", "read_pipeline"]

_FUNCTION = "AWS::AppSync::FunctionConfiguration"
_DATA_SOURCE = "AWS::AppSync::DataSource"
_ROLE = "AWS::IAM::Role"
_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_FUNCTION_VERSION = "2018-05-29"


def read_pipeline(api: Api, resolver: Resource) -> Pipeline:
    """Return all code that runs for the field of a resolver."""
    names = (resolver.get("TypeName"), resolver.get("FieldName"))
    name = ".".join(display(part) for part in names)
    javascript = _is_javascript(resolver)
    runtime: Literal["vtl", "js"] = "js" if javascript else "vtl"
    kind = resolver.get("Kind")
    if isinstance(kind, Unknown):
        step = Step(name, None, None, missing=f"the kind of {name} is not known: {kind.reason}")
        return Pipeline(None, (step,), None, "UNIT", runtime, name)
    if kind != "PIPELINE":
        return Pipeline(None, (_step(api, resolver, name),), None, "UNIT", runtime, name)
    before, after = _handlers(resolver, name, direct=True)
    return Pipeline(before, _functions(api, resolver, name), after, "PIPELINE", runtime, name)


def read_codes(resource: Resource) -> tuple[Code, ...]:
    """Return the code of one resolver or function: two templates, or one module."""
    return resource.shared("codes", partial(_read_codes, resource))


def _read_codes(resource: Resource) -> tuple[Code, ...]:
    name = resource.get("Name") if resource.type == _FUNCTION else None
    names = (resource.get("TypeName"), resource.get("FieldName"))
    shown = name if isinstance(name, str) else resource.logical_id
    if resource.type != _FUNCTION:
        shown = ".".join(display(part) for part in names)
    found = dict.fromkeys(code for code in _handlers(resource, shown, direct=True) if code)
    return tuple(found)


def data_source_kind(api: Api, user: Resource) -> str:
    """Return the type of the data source of a resolver or function, "" if it is not known."""
    source = _data_source(api, user)
    kind = source.get("Type") if source is not None else None
    return kind if isinstance(kind, str) else ""


def _data_source(api: Api, user: Resource) -> Resource | None:
    name = user.get("DataSourceName")
    target = user.stack.resource_of(name)
    source = target[0] if target is not None and target[0].type == _DATA_SOURCE else None
    if source is None:
        source = next((one for one in api.data_sources if one.get("Name") == name), None)
    return source


def _functions(api: Api, resolver: Resource, name: str) -> tuple[Step, ...]:
    items = resolver.get("PipelineConfig", "Functions")
    if items is None:
        return ()
    if not isinstance(items, list):
        return (Step(name, None, None, missing=f"the functions of {name} are not known"),)
    return tuple(_function(api, resolver, item) for item in items)


def _function(api: Api, resolver: Resource, item: Value) -> Step:
    target = resolver.stack.resource_of(item)
    if target is None or target[0].type != _FUNCTION:
        shown = display(item)
        return Step(shown, None, None, missing=f"the function `{shown}` is not in these templates")
    function = target[0]
    given = function.get("Name")
    return _step(api, function, given if isinstance(given, str) else function.logical_id)


def _step(api: Api, resource: Resource, name: str) -> Step:
    kind = data_source_kind(api, resource)
    source = resource.get("DataSourceName")
    declared = _data_source(api, resource)
    # Only a Lambda function does without templates: so an unknown data source without any is one.
    request, response = _handlers(resource, name, direct=kind in ("AWS_LAMBDA", ""))
    return Step(
        name,
        request,
        response,
        display(source) if isinstance(source, (str, Text)) else "",
        kind,
        _FUNCTION_VERSION if resource.type == _FUNCTION else "",
        source_id=declared.logical_id if declared is not None else "",
        batch=isinstance(resource.get("MaxBatchSize"), int) and resource.get("MaxBatchSize") > 1,
    )


def _handlers(resource: Resource, name: str, *, direct: bool) -> tuple[Code | None, Code | None]:
    """Return the code before and after the data source; None for a template that may be absent."""
    if _is_javascript(resource):
        code = _read(resource, "Code", "CodeS3Location", f"code of {name}")
        if code is None:
            code = Code("", f"code of {name}", "js", missing=f"{name} has no code")
        return code, code
    return (
        _template(resource, "Request", name, direct=direct),
        _template(resource, "Response", name, direct=direct),
    )


def _template(resource: Resource, side: str, name: str, *, direct: bool) -> Code | None:
    called = f"{side.lower()} mapping template of {name}"
    location = f"{side}MappingTemplateS3Location"
    code = _read(resource, f"{side}MappingTemplate", location, called)
    if code is not None or direct:
        return code
    return Code("", called, "vtl", resource.place(), missing=f"{name} has no {called}")


def _is_javascript(resource: Resource) -> bool:
    if resource.get("Runtime") is not None:
        return True
    return resource.get("Code") is not None or resource.get("CodeS3Location") is not None


def _read(resource: Resource, inline: str, location: str, name: str) -> Code | None:
    """Return the code that one of two properties gives, None if neither is there."""
    language: Literal["vtl", "js"] = "js" if inline == "Code" else "vtl"
    text = resource.get(inline)
    if text is None:
        return _read_file(resource, location, name, language)
    place = resource.place(inline)
    if isinstance(text, str):
        return Code(text, name, language, place) if text.strip() else None
    pieces = [_with_holes(piece, resource) for piece in resource.pieces(inline)]
    # A module that is not known at all may export everything that it has to.
    if (len(pieces) > 1 or isinstance(text, Text)) and not _is_unseen_module(text, language):
        return Code("".join(pieces), name, language, place)
    unknown = unknown_of(text)
    why = f"the {name} is not known" + (f": {unknown.reason}" if unknown else "")
    return Code("", name, language, place, missing=why)


def _is_unseen_module(text: Value, language: str) -> bool:
    parts = text.parts if isinstance(text, Text) else ("?",)
    written = [part for part in parts if isinstance(part, str) and part.strip()]
    return language == "js" and not written


def _with_holes(piece: Value, resource: Resource) -> str:
    """Return the piece as a part of the code; what is not known of it is a hole."""
    if isinstance(piece, Unknown):
        return hole(f"?{len(piece.reason)}", f"{resource.logical_id}: {piece.reason}")
    if not isinstance(piece, Text):
        return display(piece)
    return "".join(
        part if isinstance(part, str) else _role_name(part, resource) for part in piece.parts
    )


def _role_name(part: Hole, resource: Resource) -> str:
    """Return the hole, or the name of the role that it stands for."""
    target = resource.stack.resource_of(Text((part,)))
    if target is not None and target[0].type == _ROLE and target[1] == "":
        name = target[0].get("RoleName")
        if isinstance(name, str):
            return name
    return hole(part.name, part.stack)


def _read_file(
    resource: Resource, location: str, name: str, language: Literal["vtl", "js"]
) -> Code | None:
    where = resource.get(location)
    if where is None:
        return None
    place = resource.place(location)
    file = resource.stack.read_beside(where)
    if file is None:
        shown = "" if isinstance(where, Unknown) else f" (`{display(where)}`)"
        why = f"the {name}{shown} is not in the files given"
        return Code("", name, language, place, missing=why)
    if file.name.endswith(_TYPESCRIPT):
        why = f"the {name} is TypeScript, which AppSync accepts only after compilation"
        return Code("", name, language, place, missing=why)
    place = Place(file, (), None, place.logical_id, place.construct_path)
    return Code(file.text, name, language, place)
