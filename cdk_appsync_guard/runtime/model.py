"""What is run, for which caller, and what comes out: code, pipelines, invocations, outcomes.

In: nothing. Out: plain types. Values are JSON-like (None, bool, int, float, str, list, dict), with
UnknownData wherever only the running API knows the value. Data sources are never run.
https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from cdk_appsync_guard.template.source.read import Place

__all__ = [
    "HOLE",
    "Branch",
    "Code",
    "CodePlace",
    "Data",
    "FieldError",
    "Info",
    "Invocation",
    "Kind",
    "Note",
    "NoteKind",
    "Outcome",
    "Pipeline",
    "SourceError",
    "Step",
    "UnknownData",
    "hole",
    "show_holes",
]

Kind: TypeAlias = Literal["allowed", "denied", "failed", "undecided"]

NoteKind: TypeAlias = Literal["absent-member", "claim", "group", "appended", "operation"]
"""What a run notes on its way: see Note."""

Data: TypeAlias = Any
"""None | bool | int | float | str | list[Data] | dict[str, Data] | UnknownData."""


@dataclass(frozen=True, slots=True)
class UnknownData:
    """A value that the input does not tell. ``name`` says which: ``ctx.result.owner``.

    It may stand anywhere in an identity, in arguments, in a result. ``nullable`` is whether it may
    be null, too; ``kind`` is what it is otherwise, if that is known. ``holds`` is what the text is
    JSON of, where the value is such a text and only a part of it is not known.
    """

    name: str
    nullable: bool = True
    kind: Literal["", "boolean", "number", "string", "list", "map"] = ""
    holds: Data = None

    def __str__(self) -> str:
        """Return the name: what a sentence about the value says of it."""
        return self.name


def hole(name: str, stack: str = "") -> str:
    """Return what stands, in code and in data, for a part of a text that only AWS knows.

    ``${AuthRole}`` of a template is such a part. Texts with holes are strings like others, but
    compare unequal only where they surely are.
    """
    return f"{HOLE}{name}{_OF_STACK}{stack}{_END}"


def show_holes(text: str) -> str:
    """Return the text with its holes as people write them: ``${AuthRole}``."""
    head, *rest = text.split(HOLE)
    shown = [head]
    for part in rest:
        name, _, after = part.partition(_END)
        shown += ["${", name.partition(_OF_STACK)[0], "}", after]
    return "".join(shown)


HOLE = "\ue001"
_END = "\ue002"
_OF_STACK = "\ue003"


@dataclass(frozen=True, slots=True)
class Code:
    """The text of one mapping template, or of one JavaScript module with both handlers.

    ``missing`` is why the text is not at hand: running it is undecided with that reason. ``name``
    is for people: ``Query.getPost request mapping template``. ``place`` is where the text starts.
    """

    text: str
    name: str
    language: Literal["vtl", "js"]
    place: Place | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A unit resolver or a pipeline function: request, data source, response.

    In JavaScript both are one module: the same Code. None means that there is no such template: a
    direct Lambda resolver. ``version`` is what a VTL request template says in ``version``; it is
    read when it runs, and given here only where a function fixes it (always ``2018-05-29``).
    """

    name: str
    request: Code | None
    response: Code | None
    data_source: str = ""
    data_source_kind: str = ""
    """``NONE``, ``AMAZON_DYNAMODB``, ``AWS_LAMBDA`` ...; empty if the template does not tell."""
    version: str = ""
    missing: str = ""
    """Why the step itself is not known: a function of another stack."""
    source_id: str = ""
    """The logical id of the data source, if the template declares it."""
    batch: bool = False
    """Whether ``MaxBatchSize`` makes a Lambda function answer several fields at once."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """All that runs for one field. A unit resolver is one step without ``before`` and ``after``.

    In JavaScript ``before`` and ``after`` are the same Code, with its ``request`` and ``response``.
    """

    before: Code | None
    steps: tuple[Step, ...]
    after: Code | None
    kind: Literal["UNIT", "PIPELINE"] = "UNIT"
    runtime: Literal["vtl", "js"] = "vtl"
    name: str = ""
    """The field: ``Query.getPost``."""


@dataclass(frozen=True, slots=True)
class Info:
    """``ctx.info``: which field is resolved. None in place of a list: the request is not known."""

    field_name: str
    parent_type_name: str
    variables: Mapping[str, Data] | UnknownData = field(default_factory=dict)
    selection_set_list: tuple[str, ...] | None = None
    selection_set_graphql: str | None = None


@dataclass(frozen=True, slots=True)
class SourceError:
    """What a data source answers in place of a result: it becomes ``ctx.error``."""

    message: str
    type: str
    result: Data = None


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request for one field.

    ``identity`` is ``ctx.identity`` exactly as AppSync builds it for the mode: None under API key,
    a mapping with the keys that the mode has, a null for each that is not set, UnknownData in place
    of what the caller's description leaves open. ``headers`` have lower-case names. ``results`` are
    what data sources return, by the name of the step; what is not there is unknown. ``now`` is ISO
    8601, None if the time is not fixed. ``stash`` and ``previous`` are what earlier functions left,
    where one function is run alone. ``whole`` asks for all ways to make a request for a data
    source, though they decide nothing.
    """

    mode: str
    identity: Mapping[str, Data] | UnknownData | None
    info: Info
    arguments: Mapping[str, Data] | UnknownData = field(default_factory=dict)
    source: Data = None
    headers: Mapping[str, Data] | UnknownData = field(default_factory=dict)
    env: Mapping[str, Data] | UnknownData = field(default_factory=dict)
    results: Mapping[str, Data | SourceError] = field(default_factory=dict)
    now: str | None = None
    stash: Mapping[str, Data] | UnknownData = field(default_factory=dict)
    previous: Data = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class CodePlace:
    """A line of resolver code. ``code`` is the name of the Code; lines count from 1."""

    code: str
    line: int
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that the code did in a run, whatever came of it.

    ============= ==============================================================================
    kind          ``what``
    ============= ==============================================================================
    absent-member a member of ``ctx.identity`` that the mode of the caller does not have
    claim         a claim that it read
    group         a Cognito group that it looked for among those of the caller
    appended      ``util.appendError()`` with an error that reads like a refusal
    operation     what it asks a data source for; ``detail`` is the index or table it names
    ============= ==============================================================================

    ``step`` is the step whose data source is asked.
    """

    kind: NoteKind
    what: str
    place: CodePlace | None = None
    step: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """An entry of ``errors`` as the resolver makes it; path and locations are the request's.

    ``error_type`` is None where AWS does not say what the type is.
    """

    message: Data
    error_type: Data = None
    error_info: Data = None
    data: Data = None


@dataclass(frozen=True, slots=True)
class Branch:
    """What comes out under conditions on unknown data: ``ctx.result.owner == "alice"`` is true."""

    conditions: tuple[tuple[str, bool], ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the field's resolver does with the invocation.

    ========= ==================================================================================
    kind      meaning
    ========= ==================================================================================
    allowed   nothing is thrown: the field gets ``value``; ``errors`` were only appended
    denied    ``util.unauthorized()``: ``Not Authorized to access F on type T``
    failed    another error is thrown, by ``util.error()`` or since the code cannot run
    undecided it depends on what is not known: ``branches``, or on what the tool lacks: ``reason``
    ========= ==================================================================================

    ``depends_on`` are the names of the unknown values that the outcome depends on, each with its
    condition in ``branches``. ``wrote`` is whether a data source had been asked to write before.
    """

    kind: Kind
    value: Data = None
    errors: tuple[FieldError, ...] = ()
    reason: str = ""
    decided_by: CodePlace | None = None
    depends_on: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()
    wrote: bool = False

    @property
    def refuses(self) -> bool:
        """Whether the client reads a refusal: ``unauthorized()``, or an error typed like one."""
        types = {error.error_type for error in self.errors if isinstance(error.error_type, str)}
        return self.kind == "denied" or (self.kind == "failed" and bool(types & _REFUSALS))


_REFUSALS = {"Unauthorized", "UnauthorizedException", "NotAuthorized", "AccessDenied", "Forbidden"}
