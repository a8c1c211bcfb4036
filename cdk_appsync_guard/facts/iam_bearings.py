"""Policy documents of the templates, each with the principals that it speaks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import AWS_IAM
from cdk_appsync_guard.facts.tables import Cell
from cdk_appsync_guard.iam.principals import Document, Principal

__all__ = ["Bearing", "bearings"]


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
        return tuple(f"{bearer.kind} {bearer.name}" for bearer in self.bearers)

    @property
    def named(self) -> dict[str, Cell]:
        """The cells that say which principals it is."""
        return {"principal": self.names, "bearers": self.each, "mode": AWS_IAM}


def bearings(principals: Iterable[Principal]) -> tuple[Bearing, ...]:
    """Return each document that is written in a template once, with its principals."""
    found: dict[object, tuple[Document, list[Principal]]] = {}
    for principal in principals:
        for document in principal.documents:
            if document.resource is not None:
                key = (id(document.resource), document.path)
                found.setdefault(key, (document, []))[1].append(principal)
    return tuple(Bearing(document, tuple(bearers)) for document, bearers in found.values())
