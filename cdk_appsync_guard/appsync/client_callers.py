"""Who runs which client code: what people say of their callers, with the files each one runs.

In: ClientCallers as a configuration writes them, and patterns of further files. Out: ClientCode.
Does not know the API: whether there is such a role is for others to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdk_appsync_guard.appsync.client_files import find_client_files
from cdk_appsync_guard.appsync.operations import ClientOperation, Clients, read_clients
from cdk_appsync_guard.errors import GuardError, Location

__all__ = ["ClientCaller", "ClientCode", "read_client_code"]


@dataclass(frozen=True, slots=True)
class ClientCaller:
    """One who runs operations: by a mode, or as a role or user, or as a function's role.

    ``operations`` are patterns of files; none means all that are given. ``principal`` and
    ``function`` are logical ids. ``api`` narrows it to one API.
    """

    name: str
    operations: tuple[str, ...] = ()
    mode: str | None = None
    groups: tuple[str, ...] = ()
    principal: str | None = None
    function: str | None = None
    api: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class ClientCode:
    """All client code, and for each caller the names of the files that it runs.

    ``homes`` are the APIs (file and logical id) that each operation is meant for, by the
    operation's position; None while no one has asked all APIs.
    """

    clients: Clients
    runs: tuple[tuple[ClientCaller, frozenset[str]], ...] = ()
    homes: Mapping[int, tuple[tuple[str, str], ...]] | None = None

    def callers_of(self, operation: ClientOperation) -> list[ClientCaller]:
        """Return those who run the operation."""
        return [caller for caller, files in self.runs if operation.file in files]


def read_client_code(
    operations: Sequence[str], callers: Sequence[ClientCaller] = ()
) -> ClientCode | None:
    """Return what the patterns of the options and of the callers mean, None if there are none."""
    common, problems = find_client_files(operations)
    found = {path.as_posix(): path for path in common}
    shared = frozenset(found)
    runs: list[tuple[ClientCaller, frozenset[str]]] = []
    for caller in callers:
        if not caller.operations:
            runs.append((caller, shared))
            continue
        paths, missing = find_client_files(caller.operations)
        problems += [_placed(error, caller) for error in missing]
        found.update((path.as_posix(), path) for path in paths)
        runs.append((caller, frozenset(path.as_posix() for path in paths)))
    if not found and not problems:
        return None
    paths = [found[name] for name in sorted(found)]
    return ClientCode(read_clients(paths, problems), tuple(runs))


def _placed(error: GuardError, caller: ClientCaller) -> GuardError:
    """Return the error at the place where the caller is written."""
    return type(error)(error.message, location=caller.location or error.location, help=error.help)
