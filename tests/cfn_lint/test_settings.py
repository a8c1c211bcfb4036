"""What people can set, ignore and decide inside cfn-lint."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from cfnlint.version import __version__ as CFN_LINT  # noqa: N812
from linting import (
    API,
    BESIDE,
    BLOCKED,
    INLINE,
    MODULE,
    POOL,
    SDL,
    SETTINGS,
    UNDECIDED,
    Cli,
    Linter,
    write,
)

from cdk_appsync_guard.policy.rules import built_in_folder


def test_ignoring_one_rule_ignores_no_other() -> None:
    # cfn-lint ignores by prefix.
    ids = sorted(Linter().rules)

    assert [both for both in pairwise(ids) if both[1].startswith(both[0])] == []


def test_ignores_rules_by_id_by_severity_and_by_resource(cli: Cli) -> None:
    file = write("template.yaml", INLINE)
    at_resource = write(
        "resource.yaml",
        INLINE.replace(
            "  Schema:\n",
            "  Schema:\n    Metadata: {cfn-lint: {config: {ignore_checks: [" + BLOCKED + "]}}}\n",
        ),
    )
    ours = write(
        "ours.yaml",
        INLINE.replace("type Note {", "type Note { # cdk-appsync-guard: ignore * -- known"),
    )
    runs = [(file,), ("-i", BLOCKED, "--", file), ("-i", "E9", "--", file), (at_resource,), (ours,)]

    said = [[one["Rule"]["Id"] for one in cli.matches(*arguments)] for arguments in runs]

    assert said == [[BLOCKED], [], [], [], []]


def test_exit_code_is_that_of_the_severities(cli: Cli) -> None:
    error = write("error.yaml", INLINE)
    warning = write("warning.yaml", INLINE.replace("FieldLogLevel: ALL", "FieldLogLevel: NONE"))

    codes = [
        cli("-a", MODULE, *arguments).returncode
        for arguments in (
            ("--", error),
            ("-i", BLOCKED, "--", warning),
            ("--non-zero-exit-code", "error", "-i", BLOCKED, "--", warning),
        )
    ]

    assert codes == [2, 4, 0]


def test_is_configured_on_the_command_line(cli: Cli) -> None:
    write("schema.graphql", SDL)
    file = write("template.yaml", API.replace("Api.ApiId\n", "Api.ApiId", 1))
    found = cli.matches(
        *("-x", f"{SETTINGS}:schema=Api@schema.graphql", "-x", f"{SETTINGS}:now=2027-06-01"),
        *("--", file),
    )

    assert sorted(one["Rule"]["Id"] for one in found) == ["E9-api-key-expired", BLOCKED]


def test_is_configured_by_files(cli: Cli) -> None:
    write("schema.graphql", SDL)
    write(
        ".cfnlintrc",
        f"append_rules: [{MODULE}]\n"
        "configure_rules:\n"
        f"  {SETTINGS}: {{schema: [Api=schema.graphql], select: [schema, xray-disabled]}}\n"
        "include_checks: [I9-xray]\n",
    )
    write(".appsync-guard.toml", '[[ignore]]\nrule = "nested-type-blocks-mode"\nreason = "known"\n')
    ended = cli("-f", "json", write("template.yaml", API))

    assert [one["Rule"]["Id"] for one in json.loads(ended.stdout)] == ["I9-xray-disabled"]


@pytest.mark.parametrize(
    ("regions", "settings", "said"),
    [
        (["us-east-1"], {}, []),  # what cfn-lint assumes by itself
        (["eu-west-1"], {}, []),
        (["eu-central-1"], {}, [""]),
        (["us-east-1"], {"region": "us-east-1"}, [""]),
        (["eu-west-1", "us-east-1"], {}, [" (in `us-east-1`)"]),
        (["us-east-1", "us-east-2"], {}, [" (in `us-east-1`)", " (in `us-east-2`)"]),
    ],
)
def test_judges_for_the_regions_that_are_given(
    regions: list[str], settings: dict[str, str], said: list[str]
) -> None:
    file = write("template.yaml", POOL.replace("!Ref Mode", "AMAZON_COGNITO_USER_POOLS"))
    found = [
        one
        for one in Linter().run(file, regions=regions, settings=settings)
        if one.rule.id == "E9-user-pool-region-mismatch"
    ]

    assert len(found) == len(said)
    assert all(f"{words}. " in one.message for one, words in zip(found, said, strict=True))
    assert ["(in" in one.message for one in found] == [bool(words) for words in said]


def test_parameters_decide(cli: Cli) -> None:
    if tuple(map(int, CFN_LINT.split(".")[:2])) < (1, 38):
        pytest.skip("this cfn-lint takes no parameters")
    file = write(
        "template.yaml", POOL.replace("DefaultAction", "#").replace("!Ref AWS::Region", "eu-west-1")
    )
    missing = "E9-default-action-missing"
    given = [
        [one["Rule"]["Id"] for one in cli.matches("--parameters", f"Mode={mode}", "-t", file)]
        for mode in ("AMAZON_COGNITO_USER_POOLS", "AWS_IAM")
    ]

    assert [missing in ids for ids in given] == [True, False]


def test_what_stays_open_is_informational(cli: Cli) -> None:
    file = write("template.yaml", BESIDE)

    assert cli.matches(file) == []

    match = cli.matches("-c", "I", "--", file)[0]

    assert (match["Rule"]["Id"], match["Level"]) == (UNDECIDED, "Informational")
    assert match["Message"].startswith(
        "the schema `./schema.graphql` is not among the files that were given:"
        " give E9-cdk-appsync-guard the setting schema Api=schema.graphql, which leaves open "
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"now": "soon"}, "`soon` is no date (write --now 2026-07-01 or 2026-07-01T12:00:00Z)"),
        ({"select": "no-such-rule"}, "there is no rule or category `no-such-rule`"),
        ({"schema": "missing.graphql"}, "missing.graphql"),
    ],
)
def test_what_cannot_be_judged_is_one_error(settings: dict[str, str], said: str) -> None:
    (match,) = Linter().run(write("template.yaml", INLINE), settings=settings)

    assert (match.rule.id, match.linenumber) == (SETTINGS, 1)
    assert said in match.message


def test_nested_template_that_cannot_be_read_is_an_error_at_the_stack() -> None:
    write("inner.yaml", "Resources: [\n")
    (match,) = Linter().run(
        write(
            "outer.yaml",
            "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n"
            "    Properties:\n      TemplateURL: ./inner.yaml\n",
        )
    )

    assert (match.rule.id, match.linenumber, match.path[:2]) == (
        SETTINGS,
        5,
        ["Resources", "Inner"],
    )
    assert "(at inner.yaml:" in match.message


def test_rules_of_ones_own_are_found_under_a_common_id() -> None:
    folder = Path("mine/nameless")
    folder.mkdir(parents=True)
    text = (built_in_folder() / "logging" / "log-level-none" / "rule.yaml").read_text("utf-8")
    (folder / "rule.yaml").write_text(text.replace("log-level-none", "nameless"), "utf-8")
    file = write("template.yaml", INLINE.replace("FieldLogLevel: ALL", "FieldLogLevel: NONE"))
    found = Linter().run(file, settings={"rules": "mine", "select": ["custom"]})

    assert [(one.rule.id, one.message[:12]) for one in found] == [
        ("W9-your-own-rule", "`nameless`: ")
    ]
