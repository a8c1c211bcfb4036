"""Models and rules as data → the SDL with ``@model`` and ``@auth`` that Amplify takes."""

from __future__ import annotations

from typing import Any

__all__ = ["sdl_of"]


def sdl_of(api: dict[str, Any]) -> str:
    """Return the SDL of an API of ``apis.json``."""
    return "\n".join(_model(one) for one in api["models"])


def _model(model: dict[str, Any]) -> str:
    fields = {"id": "ID!", "text": "String", **model.get("fields", {})}
    lines = [f"  {name}: {kind}" for name, kind in fields.items()]
    for name, rules in model.get("fieldRules", {}).items():
        lines.append(f"  {name}: String{_auth(rules)}")
    return f"type {model['name']} @model{_auth(model['rules'])} {{\n" + "\n".join(lines) + "\n}"


def _auth(rules: list[dict[str, Any]] | None) -> str:
    if rules is None:
        return ""
    return f" @auth(rules: [{', '.join(map(_rule, rules))}])"


def _rule(rule: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_value(key, value)}" for key, value in rule.items()) + "}"


def _value(key: str, value: Any) -> str:
    if key in ("allow", "provider"):
        return str(value)
    if key == "operations":
        return f"[{', '.join(value)}]"
    if isinstance(value, list):
        return "[" + ", ".join(f'"{one}"' for one in value) + "]"
    return f'"{value}"'


if __name__ == "__main__":
    import json
    from pathlib import Path

    apis = json.loads((Path(__file__).parent / "apis.json").read_text("utf-8"))
    print(json.dumps([{**api, "schema": sdl_of(api)} for api in apis]))  # noqa: T201 - for synth.mjs
