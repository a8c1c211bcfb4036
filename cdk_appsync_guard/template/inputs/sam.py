"""SAM template → CloudFormation, by AWS's own translator, with positions in the SAM source.

In: a template with the transform ``AWS::Serverless-2016-10-31`` and parameters' values. Out: a
Template without SAM resources. The translator runs offline: nothing is asked of AWS.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html
"""

from __future__ import annotations

import copy
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cdk_appsync_guard.errors import Location, TemplateError
from cdk_appsync_guard.template.source.derived_template import DerivedTemplate, Origin, source_of
from cdk_appsync_guard.template.source.read import DataPath, Template
from cdk_appsync_guard.template.values.value import Value

__all__ = ["translate"]

_PLACEHOLDER_URI = "s3://bucket/key"
# The translator leaves references to such a value as they are, which keeps regions symbolic.
_UNRESOLVED = "{{IntrinsicFunction:unresolved}}"
_MOST_CAUSES = 3

_LOCAL_FILES = {
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_NEEDING_FILES = {"AWS::Serverless::Function", "AWS::Serverless::LayerVersion"}
_GLOBAL_FILES = {"Api": "DefinitionUri", "Function": "CodeUri", "HttpApi": "DefinitionUri"}
# What may stand instead of a file, so that no placeholder is needed.
_INSTEAD = {
    "CodeUri": ("InlineCode", "ImageUri"),
    "DefinitionUri": ("DefinitionBody", "Definition"),
    "ContentUri": (),
}

_AUTH = {
    "AuthenticationType": "Type",
    "UserPoolConfig": "UserPool",
    "OpenIDConnectConfig": "OpenIDConnect",
    "LambdaAuthorizerConfig": "LambdaAuthorizer",
}

# Where an API's property keeps what becomes a resource: the logical id ends with key and suffix.
_SECTIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("ApiKeys",), ""),
    (("Functions",), ""),
    (("Resolvers",), ""),
    (("DataSources", "DynamoDb"), "DynamoDBDataSource"),
    (("DataSources", "Lambda"), "LambdaDataSource"),
)


@dataclass(frozen=True, slots=True)
class _Session:
    """All that the translator wants of a boto3 session: a region, for the partition in ARNs."""

    region_name: str


def translate(
    template: Template, known: Mapping[str, Value], region: str | None = None
) -> Template:
    """Return the template as CloudFormation would see it after the SAM transform.

    *known* are the parameters' given values; defaults are read from the template.
    """
    data = _run(template, _prepared(template.data), _plain(known), region or "us-east-1")
    return DerivedTemplate(template, data, dict(_origins(template.data, data)))


def _run(
    template: Template, data: dict[str, Any], parameters: dict[str, Any], region: str
) -> dict[str, Any]:
    try:
        translator = importlib.import_module("samtranslator.translator.translator")
        parser = importlib.import_module("samtranslator.parser.parser")
        exceptions = importlib.import_module("samtranslator.model.exceptions")
    except ImportError as error:
        raise TemplateError(
            "a SAM template needs the SAM translator, which is not installed",
            location=_location(template, ("Transform",)),
            help='pip install "cdk-appsync-guard[sam]"',
        ) from error
    # Its log lines repeat the errors that it raises, and Python prints them where no one listens.
    logging = importlib.import_module("logging")
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL + 1)
    work = translator.Translator(None, parser.Parser(), boto_session=_Session(region))
    try:
        translated = work.translate(data, parameters, passthrough_metadata=True)
    except exceptions.InvalidDocumentException as error:
        raise _refusal(template, [cause.message for cause in error.causes]) from error
    except exceptions.ExceptionWithMessage as error:
        raise _refusal(template, [error.message]) from error
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError) as error:
        raise _refusal(template, []) from error  # the translator's own slips on malformed input
    except (NameError, TypeError, ValueError) as error:
        raise _refusal(template, []) from error
    return dict(translated)


def _prepared(data: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that the translator takes although nothing was packaged or published."""
    data = copy.deepcopy(data)
    resources = data.get("Resources")
    for resource in (resources if isinstance(resources, dict) else {}).values():
        if not isinstance(resource, dict):
            continue
        kind = resource.get("Type")
        properties = resource.get("Properties")
        if kind == "AWS::Serverless::Application":
            _make_nested_stack(resource, properties)
        elif isinstance(kind, str) and kind in _LOCAL_FILES and isinstance(properties, dict):
            _make_remote(properties, _LOCAL_FILES[kind], required=kind in _NEEDING_FILES)
    shared = data.get("Globals")
    for kind, name in _GLOBAL_FILES.items():
        properties = shared.get(kind) if isinstance(shared, dict) else None
        if isinstance(properties, dict):
            _make_remote(properties, name, required=False)
    return data


def _make_remote(properties: dict[str, Any], name: str, *, required: bool) -> None:
    """Put a bucket's address where a local path is, as ``sam package`` does before deployment."""
    value = properties.get(name)
    absent = value is None and required and not any(key in properties for key in _INSTEAD[name])
    if absent and properties.get("PackageType") == "Image":
        properties["ImageUri"] = "repository"
    elif absent or (isinstance(value, str) and not value.startswith("s3://")):
        properties[name] = _PLACEHOLDER_URI


def _make_nested_stack(resource: dict[str, Any], properties: Any) -> None:
    """Write an application as the nested stack that it becomes.

    The translator would look up published applications in the Serverless Application Repository.
    """
    properties = dict(properties) if isinstance(properties, dict) else {}
    location = properties.pop("Location", None)
    resource["Type"] = "AWS::CloudFormation::Stack"
    if isinstance(location, str):
        properties["TemplateURL"] = location
    resource["Properties"] = properties


def _plain(known: Mapping[str, Value]) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        name: ",".join(map(str, value)) if isinstance(value, list) else value
        for name, value in known.items()
        if isinstance(value, (str, int, float, list))
    }
    return {**parameters, "AWS::Region": _UNRESOLVED, "AWS::Partition": _UNRESOLVED}


def _refusal(template: Template, causes: list[str]) -> TemplateError:
    named = [name for cause in causes for name in re.findall(r"id \[([^\]]{1,255})\]", cause)]
    resources = template.data.get("Resources")
    known = resources if isinstance(resources, dict) else {}
    logical_id = next((name for name in named if name in known), None)
    path: DataPath = ("Resources",) if logical_id is None else ("Resources", logical_id)
    words = [_clean(cause) for cause in causes[:_MOST_CAUSES]] or ["it cannot be read as SAM"]
    if len(causes) > _MOST_CAUSES:
        words.append(f"and {len(causes) - _MOST_CAUSES} more")
    return TemplateError(
        "the SAM translator rejects the template: " + "; ".join(words),
        location=_location(template, path, logical_id),
        help="run `sam validate --lint` for details",
    )


def _clean(message: str) -> str:
    """Return the translator's message as one sentence of ours."""
    text = re.sub(r"[\[\]']", "`", " ".join(message.split())).rstrip(".")
    text = text[:300]
    return text[:1].lower() + text[1:]


def _location(template: Template, path: DataPath, logical_id: str | None = None) -> Location:
    file, written = source_of(template, path)
    line, column = file.locate(written)
    return Location(file.name, line, column, "/".join(map(str, written)), logical_id)


def _origins(source: dict[str, Any], made: dict[str, Any]) -> Iterator[tuple[DataPath, Origin]]:
    """Tell, for every resource that the translator wrote, which SAM resource it comes from."""
    written = source.get("Resources")
    written = written if isinstance(written, dict) else {}
    sam = sorted((name for name, resource in written.items() if _is_macro(resource)), key=len)
    for logical_id, resource in made.get("Resources", {}).items():
        maker = next((name for name in reversed(sam) if logical_id.startswith(name)), None)
        if logical_id in written and (maker != logical_id):
            continue
        path: DataPath = ("Resources", logical_id)
        if maker is None:
            yield path, Origin(("Resources",))
            continue
        yield path, Origin(("Resources", maker))
        if written[maker].get("Type") == "AWS::Serverless::GraphQLApi":
            yield from _origins_of_api(path, maker, written[maker], resource)


def _is_macro(resource: Any) -> bool:
    kind = resource.get("Type") if isinstance(resource, dict) else None
    return isinstance(kind, str) and (
        kind.startswith("AWS::Serverless::") or "Connectors" in resource
    )


def _origins_of_api(
    path: DataPath, api: str, written: dict[str, Any], made: dict[str, Any]
) -> Iterator[tuple[DataPath, Origin]]:
    """Tell where the properties of an API, and of what belongs to it, are written."""
    below: DataPath = ("Resources", api, "Properties")
    kind = made.get("Type") if isinstance(made, dict) else None
    if kind == "AWS::AppSync::GraphQLSchema":
        yield (*path, "Properties", "Definition"), Origin((*below, "SchemaInline"))
        yield (*path, "Properties", "DefinitionS3Location"), Origin((*below, "SchemaUri"))
    elif kind == "AWS::AppSync::GraphQLApi":
        yield (*path, "Properties", "LogConfig"), Origin((*below, "Logging"))
        providers = made["Properties"].get("AdditionalAuthenticationProviders")
        auth = [(("Auth",), ())] + [
            (("Auth", "Additional", index), ("AdditionalAuthenticationProviders", index))
            for index in range(len(providers) if isinstance(providers, list) else 0)
        ]
        for source, target in auth:
            if target:
                yield (*path, "Properties", *target), Origin((*below, *source))
            for name, sam_name in _AUTH.items():
                yield (*path, "Properties", *target, name), Origin((*below, *source, sam_name))
    else:
        properties = written.get("Properties")
        member = _member(
            properties if isinstance(properties, dict) else {}, str(path[1])[len(api) :]
        )
        if member:
            yield path, Origin((*below, *member))


def _member(properties: dict[str, Any], name: str) -> DataPath:
    """Return the way to the key, function, resolver or data source that a logical id ends with."""
    for section, suffix in _SECTIONS:
        members: Any = properties
        for key in section:
            members = members.get(key) if isinstance(members, dict) else None
        for key, member in members.items() if isinstance(members, dict) else ():
            if key + suffix == name:
                return (*section, key)
            for inner in member if isinstance(member, dict) and section == ("Resolvers",) else ():
                if f"{key}{inner}" == name:
                    return (*section, key, inner)
    return ()
