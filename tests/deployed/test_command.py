"""``pull`` from the command line, against a server that speaks AWS's protocols."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from deployer import LOADER, Answers, World
from moto.server import ThreadedMotoServer

from cdk_appsync_guard.cli.main import main
from cdk_appsync_guard.deployed.calls import CALLS, policy

SAMPLES = Path(__file__).parents[2] / "sample_stacks"
SDL = "type Query { all: [String] mine: String @aws_iam }"
# What moto does not know is answered by the models of botocore alone.
_UNKNOWN_TO_MOTO = {
    "ListTypes": {"types": [{"name": "Query", "definition": SDL, "format": "SDL"}]},
    "ListResolvers": {"resolvers": []},
    "appsync:ListFunctions": {"functions": []},
    "ListDataSources": {"dataSources": [{"name": "None", "type": "NONE"}]},
    "ListDomainNames": {"domainNameConfigs": []},
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def session(server: str, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    inner = botocore.session.Session()
    inner.register_component("data_loader", LOADER)
    inner.set_credentials("AKIAIOSFODNN7EXAMPLE", "not-a-secret")
    inner.set_config_variable("region", "eu-west-1")
    answers = Answers(World())
    answers.operations = {
        key: lambda _, found=found: found  # type: ignore[misc]
        for key, found in _UNKNOWN_TO_MOTO.items()
    }
    inner.register("before-call", answers.answer)
    return boto3.Session(botocore_session=inner)


def test_an_api_of_a_server_is_pulled(
    session: boto3.Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    api = _create(session)
    monkeypatch.setattr("cdk_appsync_guard.cli.pull.open_session", lambda *_: session)
    folder = str(tmp_path / "deployed")

    assert main(["pull", api["apiId"], "-o", folder]) == 0
    assert "1 API, 3 files" in capsys.readouterr().out
    assert main(["matrix", folder, "--format", "json"]) == 0
    shown = capsys.readouterr().out
    assert '"blog"' in shown
    assert "reader" in shown
    assert main(["pull", "--all", "-o", folder]) == 2
    assert "there is a file already" in capsys.readouterr().err
    assert main(["pull", "--all", "-o", folder, "--force", "--format", "yaml"]) == 0
    assert main(["pull", "doesnotexist", "-o", folder]) == 2
    assert "there is no GraphQL API `doesnotexist`" in capsys.readouterr().err


def test_drift_is_a_difference_of_matrices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = SAMPLES / "blog/secure/cdk.out"
    answers = Answers(World().deploy(sample, {"KeyExpires": "1790000000"}))
    monkeypatch.setattr("cdk_appsync_guard.cli.pull.open_session", lambda *_: answers.session())
    same, changed = str(tmp_path / "same"), str(tmp_path / "changed")
    main(["pull", "--all", "-o", same])
    schema = answers.schema
    monkeypatch.setattr(answers, "schema", lambda api: schema(api).replace("@aws_iam", "", 1))
    main(["pull", "--all", "-o", changed])

    assert main(["matrix", "--diff", same, str(sample), "--fail-on", "any"]) == 0
    assert main(["matrix", "--diff", changed, str(sample), "--fail-on", "any"]) == 1


def test_iam_comes_from_the_file_that_people_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = SAMPLES / "tenants/secure/cdk.out"
    answers = Answers(World().deploy(sample))
    (tmp_path / "iam.json").write_text(json.dumps(answers.iam()))
    monkeypatch.setattr("cdk_appsync_guard.cli.pull.open_session", lambda *_: answers.session())
    live, file = str(tmp_path / "live"), str(tmp_path / "file")
    main(["pull", "--all", "-o", live])
    answers.asked.clear()

    assert main(["pull", "--all", "-o", file, "--iam", str(tmp_path / "iam.json")]) == 0
    assert not any(service == "iam" for service, _ in answers.asked)
    texts = [Path(one, "deployed.template.json").read_text() for one in (live, file)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("text", ["", "[]", "{}", "7", '{"RoleDetailList": 7}', "[[[["])
def test_another_file_is_refused(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "iam.json").write_text(text)

    assert main(["pull", "--all", "--iam", str(tmp_path / "iam.json")]) == 2
    assert "iam.json" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["pull"], ["pull", "a", "--all"]])
def test_what_to_pull_has_to_be_said(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "Give either API_ID or --all." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_policy_is_printed(
    region: str, partition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pull", "--policy", "--region", region]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed == policy(partition)
    assert f"arn:{partition}:appsync:*:*:apis/*" in json.dumps(printed)


def test_the_policy_allows_what_is_called_and_nothing_else() -> None:
    world = World()
    for name in ("tenants", "todo-amplify"):
        world.deploy(SAMPLES / name / "secure/cdk.out", {"KeyExpires": "1790000000"})
    answers = Answers(world)
    from cdk_appsync_guard.deployed.pull import pull

    pull(answers.session(), ())
    pull(answers.session(), list(answers.apis())[:1])
    asked = {f"{service}:{operation}" for service, operation in answers.asked}
    allowed = {one for each in policy()["Statement"] for one in each["Action"]}

    assert allowed == {call.action for call in CALLS.values()}
    # No sample has a merged API or a domain name.
    assert allowed - asked == {
        "appsync:GetApiAssociation",
        "appsync:GetSourceApiAssociation",
        "appsync:ListSourceApiAssociations",
    }
    assert asked <= allowed


def test_permissions_are_on_the_resources_that_iam_knows() -> None:
    found = find_spec("cfnlint")
    assert found is not None
    assert found.origin is not None
    path = Path(found.origin).parent / "data/AdditionalSpecs/Policies.json"
    known = json.loads(path.read_text())
    if "appsync" not in known:
        pytest.skip("this release of cfn-lint does not tell what an action is allowed on")
    for call in CALLS.values():
        types = known[call.service]["Actions"][call.operation.lower()].get("Resources", [])

        assert bool(types) == (call.resource != "*"), call


def _create(session: boto3.Session) -> dict[str, Any]:
    appsync, iam = session.client("appsync"), session.client("iam")
    api = appsync.create_graphql_api(
        name="blog",
        authenticationType="API_KEY",
        additionalAuthenticationProviders=[{"authenticationType": "AWS_IAM"}],
    )["graphqlApi"]
    expires = int(datetime(2027, 1, 1, tzinfo=timezone.utc).timestamp())
    appsync.create_api_key(apiId=api["apiId"], expires=expires)
    appsync.start_schema_creation(apiId=api["apiId"], definition=SDL.encode())
    resource = f"{api['arn']}/types/Query/*"
    statement = {"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": resource}
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument='{"Statement": []}')
    iam.put_role_policy(
        RoleName="reader",
        PolicyName="reads",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return dict(api)
