"""What the tests of schemas share: SDL and modes in, rows out."""

from __future__ import annotations

from textwrap import dedent, indent

from judging import facts

from cdk_appsync_guard.facts.tables import Cell

COGNITO = "AMAZON_COGNITO_USER_POOLS"


def blog(sdl: str, *modes: str, action: str = "ALLOW", rest: str = "") -> str:
    """Return a template with one API; the first mode is the default one."""
    default, *more = modes or ("API_KEY",)
    lines = [
        "Resources:",
        "  Users: {Type: AWS::Cognito::UserPool}",
        "  Blog:",
        "    Type: AWS::AppSync::GraphQLApi",
        "    Properties:",
        "      Name: blog",
        f"      AuthenticationType: {default}",
    ]
    if default == COGNITO:
        lines.append(f"      UserPoolConfig: {{UserPoolId: !Ref Users, DefaultAction: {action}}}")
    if more:
        lines.append("      AdditionalAuthenticationProviders:")
    lines += [
        *(f"        - AuthenticationType: {mode}" for mode in more),
        "  Schema:",
        "    Type: AWS::AppSync::GraphQLSchema",
        "    Properties:",
        "      ApiId: !GetAtt Blog.ApiId",
        "      Definition: |",
        indent(dedent(sdl).strip("\n"), " " * 8),
        rest,
    ]
    return "\n".join(lines)


def pick(table: str, template: str, *columns: str) -> list[tuple[Cell, ...]]:
    """Return some columns of all rows of a table."""
    return [tuple(row.cells[name] for name in columns) for row in facts(table, template)]


def edits(table: str, template: str) -> list[list[str]]:
    """Return what each fix of all rows of a table changes: place, before and after."""
    return [
        [f"{one.coordinate}: {one.before} -> {one.after}" for one in fix.edits]
        for row in facts(table, template)
        for fix in row.fixes
    ]
