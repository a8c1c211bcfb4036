"""A module imports only from rooms before its own; inside a room nothing goes in circles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cdk_appsync_guard"
ROOMS = (
    "errors",
    "redact",
    "spelling",
    "report",
    "template.source",
    "template.values",
    "template.inputs",
    "template.scenarios",
    "template",
    "iam",
    "runtime",
    "authorizer_code",
    "appsync",
    "access",
    "facts.tables",
    "facts.api_vocabulary",
    "facts.calls_vocabulary",
    "facts.code_vocabulary",
    "facts.iam_vocabulary",
    "facts.subscription_vocabulary",
    "facts.schema_vocabulary",
    "facts.wiring_vocabulary",
    "facts.vocabulary",
    "facts.access_view",
    "fixes",
    "facts",
    "policy",
    "settings",
    "engine",
    "explanation",
    "portrait",
    "diagnosis",
    "reporters",
    "deployed",
    "testing",
    "cli",
    "__main__",
    "cdk",
    "cfnlint",
)


def test_modules_import_only_from_rooms_before_their_own() -> None:
    wrong = [
        f"{module} imports {imported}"
        for module, imports in _imports_by_module().items()
        for imported in imports
        if _room(imported) > _room(module)
    ]

    assert wrong == []


def test_no_face_imports_another() -> None:
    faces = ("cli", "cdk", "cfnlint")
    wrong = [
        f"{module} imports {imported}"
        for module, imports in _imports_by_module().items()
        for imported in imports
        for own, other in ((module.partition(".")[0], imported.partition(".")[0]),)
        if own in faces and other in faces and own != other
    ]

    assert wrong == []


def test_nothing_goes_in_circles() -> None:
    assert list(TopologicalSorter(_imports_by_module()).static_order()) != []


def _room(module: str) -> int:
    """Return the place of the most exact entry for the module: `policy.facts` before `policy`."""
    entries = [room for room in ROOMS if f"{module}.".startswith(f"{room}.")]
    assert entries, f"{module} has no room"
    return ROOMS.index(max(entries, key=len))


def _imports_by_module() -> dict[str, set[str]]:
    files = {
        ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
        for file in PACKAGE.rglob("*.py")
        if file != PACKAGE / "__init__.py"  # the public names, from every room
    }
    return {module: set(_imports(file, files)) for module, file in files.items()}


def _imports(file: Path, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in named:
            inside = name.removeprefix(f"{PACKAGE.name}.")
            if inside != name and (inside in modules or "." in inside):
                yield inside if inside in modules else inside.rpartition(".")[0]
