"""Policy documents of the templates, each with the principals that it speaks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cdk_appsync_guard.facts.iam_vocabulary import BearerCells
from cdk_appsync_guard.iam.principals import Document, Principal, Principals

__all__ = ["Bearing", "bearings", "limits", "unattached"]


@dataclass(frozen=True, slots=True)
class Bearing:
    """A policy document and all the principals that it speaks for."""

    document: Document
    bearers: tuple[Principal, ...]

    @property
    def names(self) -> str:
        """The principals in words."""
        return ", ".join(self.each)

    @property
    def each(self) -> tuple[str, ...]:
        """The principals, one by one."""
        return tuple(dict.fromkeys(f"{bearer.kind} {bearer.name}" for bearer in self.bearers))

    @property
    def named(self) -> BearerCells:
        """The cells that say which principals it is."""
        return {"principal": self.names, "bearers": self.each, "mode": "AWS_IAM"}


def bearings(principals: Iterable[Principal]) -> tuple[Bearing, ...]:
    """Return each document that is written in a template once, with its principals."""
    return _gather((document, one) for one in principals for document in one.documents)


def limits(principals: Principals) -> tuple[Bearing, ...]:
    """Return the documents that only limit: permissions boundaries, and those of organizations."""
    bounded = ((one.boundary, one) for one in principals.all if one.boundary is not None)
    of_organization = (
        (document, _stand_in("a principal under", document)) for document in principals.limits
    )
    return _gather((*bounded, *of_organization))


def unattached(principals: Principals) -> tuple[Bearing, ...]:
    """Return the documents that no principal of the templates has."""
    return _gather(
        (document, _stand_in("a principal with", document)) for document in principals.unattached
    )


def _stand_in(kind: str, document: Document) -> Principal:
    """Return what stands for the principals, of other templates, that have a document."""
    return Principal(kind, document.name, None, (document,))


def _gather(pairs: Iterable[tuple[Document, Principal]]) -> tuple[Bearing, ...]:
    found: dict[object, tuple[Document, list[Principal]]] = {}
    for document, principal in _written(pairs):
        key = (id(document.resource), document.path)
        found.setdefault(key, (document, []))[1].append(principal)
    return tuple(Bearing(document, tuple(bearers)) for document, bearers in found.values())


def _written(
    pairs: Iterable[tuple[Document, Principal]],
) -> Iterator[tuple[Document, Principal]]:
    return ((document, one) for document, one in pairs if document.resource is not None)
