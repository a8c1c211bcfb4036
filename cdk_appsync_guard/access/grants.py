"""One principal, one API → the root fields that IAM allows it to call.

In: a principal's policies and the API's root fields. Out: three sets of fields: granted, refused,
undecided. AppSync asks IAM about the top-level fields of a request only; policies do not
apply below them.
https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#aws-iam-authorization

A set of fields is an int, one bit a field: hundreds of roles with dozens of statements over
thousands of fields are a few operations each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cdk_appsync_guard.access.decide import Outcome
from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.field_arns import read_shape
from cdk_appsync_guard.appsync.schema import Schema
from cdk_appsync_guard.iam.arn_match import has_value, prepare
from cdk_appsync_guard.iam.policies import Statement, action_matches, is_anything
from cdk_appsync_guard.iam.principals import Document, Principal
from cdk_appsync_guard.template.values.value import Hole, Text, Unknown

__all__ = [
    "GRAPHQL",
    "PARTLY_KNOWN",
    "Fields",
    "Granted",
    "Neighbors",
    "concerns",
    "fields_among",
    "fields_of",
    "granted_to",
    "ids_of",
    "root_fields",
    "statement_fields",
]

GRAPHQL = "appsync:GraphQL"
# Attributes of an API with which no ARN of a field begins.
_NO_FIELDS = (".GraphQLUrl", ".GraphQLDns", ".GraphQLEndpointArn", ".RealtimeUrl", ".RealtimeDns")
PARTLY_KNOWN = Unknown(
    "a policy of the principal has a condition, or a part that cannot be known",
    "the policy without conditions and unknown parts",
)


class Neighbors:
    """The APIs of one scene, and what is the same for all of them.

    ``ids`` stand for their ids: no two have the same. A principal whose statements name no resource
    is granted the same of all APIs with equally many fields, and asked once.
    """

    def __init__(self, ids: frozenset[Hole] = frozenset()) -> None:
        self.ids = ids
        # Principals are kept so that no other one can get the id of one of them.
        self._asked: dict[int, tuple[Principal, bool]] = {}
        self._granted: dict[tuple[int, int], Granted] = {}

    def granted(self, principal: Principal, fields: Fields) -> Granted:
        """Return what the principal is granted of the fields, worked out once where it can be."""
        if id(principal) not in self._asked:
            self._asked[id(principal)] = principal, _is_everywhere(principal)
        if not self._asked[id(principal)][1]:
            return _granted_to(principal, fields)
        key = id(principal), fields.all
        if key not in self._granted:
            self._granted[key] = _granted_to(principal, fields)
        return self._granted[key]


class Fields:
    """The fields of one API that IAM is asked about, and which of them a pattern matches."""

    def __init__(
        self,
        api_arn: str | Text,
        coordinates: Iterable[str],
        own_id: Hole | None = None,
        neighbors: Neighbors | None = None,
    ) -> None:
        self.coordinates = tuple(coordinates)
        self._own_id = own_id
        self._neighbors = neighbors or Neighbors()
        self.all = (1 << len(self.coordinates)) - 1
        self._arn = api_arn
        self._bits = {name: 1 << index for index, name in enumerate(self.coordinates)}
        self._tails = {
            "/types/{}/fields/{}".format(*name.split(".", 1)): bit
            for name, bit in self._bits.items()
        }
        self._matched: dict[str | Text, tuple[int, int]] = {}
        self._granted: dict[int, tuple[Principal, Granted]] = {}
        self._spoken: dict[int, tuple[Statement, tuple[int, int]]] = {}

    def bit(self, coordinate: str) -> int:
        """Return the field's bit, 0 if the API has no such field."""
        return self._bits.get(coordinate, 0)

    def named(self, fields: int) -> tuple[str, ...]:
        """Return the coordinates of a set of fields, in the order of the schema."""
        return tuple(name for name, bit in self._bits.items() if fields & bit)

    def matched(self, pattern: str | Text) -> tuple[int, int]:
        """Return the fields that the pattern matches for certain, and those it may match."""
        if pattern not in self._matched:
            self._matched[pattern] = self._match(pattern)
        return self._matched[pattern]

    def spoken_of(self, statement: Statement) -> tuple[int, int]:
        """Return the fields that the statement mentions for certain, and those it may."""
        known = self._spoken.get(id(statement))
        if known is None:
            # The statement is kept so that no other one can get its id.
            spoken = _spoken_of(statement, self)
            known = self._spoken[id(statement)] = statement, spoken
        return known[1]

    def granted(self, principal: Principal) -> Granted:
        """Return the fields that the principal's policies and its boundary let it call."""
        known = self._granted.get(id(principal))
        if known is None:
            # The principal is kept so that no other one can get its id.
            granted = self._neighbors.granted(principal, self)
            known = self._granted[id(principal)] = principal, granted
        return known[1]

    def _match(self, pattern: str | Text) -> tuple[int, int]:
        if is_anything(pattern):
            return self.all, self.all
        if isinstance(pattern, Text) and self._is_foreign(pattern):
            return 0, 0
        prepared = prepare(pattern, self._arn)
        exact = prepared.exact
        if exact is not None:
            bit = self._tails.get(exact, 0)
            return bit, bit
        certain = possible = 0
        for tail, bit in self._tails.items():
            answer = prepared.matches(tail)
            if answer is not False:
                possible |= bit
                certain |= bit if answer else 0
        return certain, possible

    def _is_foreign(self, pattern: Text) -> bool:
        """Return whether the pattern begins with another service's ARN, or names another API."""
        first = pattern.parts[0]
        if isinstance(first, Hole) and first.service not in ("", "AppSync"):
            return True
        if isinstance(first, Hole) and first.name.endswith(_NO_FIELDS) and first.service:
            return True
        ids = self._neighbors.ids
        return any(hole in ids and hole != self._own_id for hole in pattern.holes)


@dataclass(frozen=True, slots=True)
class Granted:
    """What IAM says of each field; ``refused_explicitly`` is the part that a Deny overrides.

    ``allowed`` are the fields that some policy of the principal allows for certain, whatever others
    say. ``readable`` are those that are granted unless a policy that cannot be read denies them.
    ``question`` is why some are undecided.
    """

    granted: int
    undecided: int
    refused_explicitly: int
    allowed: int = 0
    readable: int = 0
    question: Unknown | None = None

    @property
    def meant(self) -> int:
        """The fields that a policy allows and that nothing overrides for certain."""
        return self.granted | (self.allowed & self.undecided)

    @property
    def why(self) -> Unknown:
        """Why the answer for the undecided fields is not known."""
        return self.question or PARTLY_KNOWN

    def outcome(self, bit: int) -> Outcome:
        """Return allowed, denied or undecided for one field's bit."""
        if self.granted & bit:
            return "allowed"
        return "undecided" if self.undecided & bit else "denied"


def fields_of(api: Api, apis: Iterable[Api], names: Iterable[str] | None = None) -> Fields:
    """Return the root fields of one of the APIs, or others by name; none without a schema."""
    return fields_among(api, Neighbors(ids_of(apis)), names)


def fields_among(api: Api, neighbors: Neighbors, names: Iterable[str] | None = None) -> Fields:
    """Return the fields of one of several APIs.

    A resource that names another one of them matches nothing of this API.
    """
    arn, schema = api.resource.attribute("Arn"), api.schema
    own = root_fields(schema) if isinstance(schema, Schema) else ()
    return Fields(
        arn if isinstance(arn, (str, Text)) else "",
        own if names is None else names,
        _id(api),
        neighbors,
    )


def ids_of(apis: Iterable[Api]) -> frozenset[Hole]:
    """Return what stands for the ids of the APIs."""
    return frozenset(one for one in map(_id, apis) if one is not None)


def _id(api: Api) -> Hole | None:
    value = api.resource.attribute("ApiId")
    return value.hole if isinstance(value, Text) else None


def root_fields(schema: Schema) -> list[str]:
    """Return the coordinates of the root fields in the order Query, Mutation, Subscription."""
    roots = (schema.types[name] for name in schema.roots.values() if name in schema.types)
    return list(dict.fromkeys(field.coordinate for one in roots for field in one.fields.values()))


def granted_to(principal: Principal, fields: Fields) -> Granted:
    """Return the fields that the principal's policies and its boundary let it call."""
    return fields.granted(principal)


def _is_everywhere(principal: Principal) -> bool:
    """Return whether the principal's statements say the same of all APIs."""
    boundary = () if principal.boundary is None else (principal.boundary,)
    return all(
        statement.is_everywhere or action_matches(statement, GRAPHQL) is False
        for document in (*principal.documents, *principal.perhaps, *principal.limits, *boundary)
        for statement in document.statements or ()
    )


def _granted_to(principal: Principal, fields: Fields) -> Granted:
    own = (*principal.documents, *principal.perhaps, *principal.limits)
    allow, maybe_allow, deny, maybe_deny = _sums(own, fields)
    allowed = allow
    hidden = fields.all if any(map(_is_hidden, own)) else 0
    if principal.boundary is not None:
        inner, maybe_inner, refuse, maybe_refuse = _sums((principal.boundary,), fields)
        allow, maybe_allow = allow & inner, maybe_allow & maybe_inner
        deny, maybe_deny = deny | refuse, maybe_deny | maybe_refuse
    readable = allow & ~maybe_deny
    granted = readable & ~hidden
    undecided = maybe_allow & ~deny & ~granted
    unseen = principal.unseen if undecided else None
    question = Unknown(unseen.reason, unseen.would_decide) if unseen else None
    return Granted(granted, undecided, deny, allowed, readable, question)


def _is_hidden(document: Document) -> bool:
    """Return whether the document may deny anything, as no one can read it."""
    return document.statements is None and not document.malformed


def statement_fields(statement: Statement, fields: Fields) -> tuple[int, int]:
    """Return the fields that the statement mentions for certain, and those it may speak of."""
    return fields.spoken_of(statement)


def _spoken_of(statement: Statement, fields: Fields) -> tuple[int, int]:
    about = False if statement.never else action_matches(statement, GRAPHQL)
    if about is False:
        return 0, 0
    if statement.resources is None:
        return 0, fields.all
    certain = possible = 0
    for pattern in statement.resources:
        sure, maybe = fields.matched(pattern)
        certain, possible = certain | sure, possible | maybe
    if statement.negated_resources:
        certain, possible = fields.all & ~possible, fields.all & ~certain
        if not all(has_value(pattern, {}) for pattern in statement.resources):
            certain = 0  # a NotResource whose variable has no value applies to nothing
    if about is None or statement.condition:
        certain = 0
    return certain, possible


def _sums(documents: Iterable[Document], fields: Fields) -> tuple[int, int, int, int]:
    """Return the fields allowed, perhaps allowed, denied and perhaps denied by the documents."""
    allow = maybe_allow = deny = maybe_deny = 0
    for effect, certain, possible in _answers(documents, fields):
        if effect == "Allow":
            allow, maybe_allow = allow | certain, maybe_allow | possible
        else:
            deny, maybe_deny = deny | certain, maybe_deny | possible
    return allow, maybe_allow, deny, maybe_deny


def _answers(documents: Iterable[Document], fields: Fields) -> Iterator[tuple[str, int, int]]:
    for document in documents:
        if document.statements is None:
            yield "Allow", 0, 0 if document.malformed else fields.all
            continue
        for statement in document.statements:
            yield (statement.effect, *statement_fields(statement, fields))


def concerns(principal: Principal, fields: Fields, api_id: str | Text | None) -> bool:
    """Return whether the principal's policies were written with this API in mind.

    So they were if they allow some of its fields, or if they name it or no API at all by mistake. A
    policy that cannot be known was not, as nearly every role has one, unless it is made of the id.
    """
    return any(
        action_matches(statement, GRAPHQL) is not False and _is_meant(statement, fields, api_id)
        for document in principal.documents
        for statement in document.statements or ()
    ) or any(_is_made_of(document, api_id) for document in principal.documents)


def _is_made_of(document: Document, api_id: str | Text | None) -> bool:
    """Return whether a policy that cannot be known is known to be made of the API's id."""
    if document.statements is not None or document.resource is None:
        return False
    written = document.resource.get(*document.path)
    parts = written.made_of if isinstance(written, Unknown) else ()
    wanted = api_id.hole if isinstance(api_id, Text) else None
    return any(isinstance(one, Text) and wanted in one.holes for one in parts)


def _is_meant(statement: Statement, fields: Fields, api_id: str | Text | None) -> bool:
    if statement.negated_resources:
        return bool(statement_fields(statement, fields)[1])
    for pattern in statement.resources or ():
        if statement.actions is not None and fields.matched(pattern)[1]:
            return True
        shape = read_shape(pattern)
        if shape.form in _MEANT and (shape.api is None or shape.api == api_id):
            return True
    return False


_MEANT = ("bare-api", "malformed", "field", "type", "api")
