"""Time CDK apps with and without the guard: python tests/benchmarks/synth.py [RUNS].

Whole processes, as `cdk synth` runs them, take turns; their ratio is what counts. The app has an
API with its resolvers, functions and tables: about 480 resources, of which an aspect visits twice
as many constructs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APP = """
import sys
import aws_cdk as cdk
from aws_cdk import aws_appsync as appsync, aws_dynamodb as dynamodb, aws_lambda as lambda_

kind = sys.argv[1]
if kind != "without":
    from cdk_appsync_guard.cdk import AppSyncGuard, AppSyncGuardPlugin

app = cdk.App()
stack = cdk.Stack(app, "Shop")
api = appsync.GraphqlApi(
    stack, "Api", name="shop", definition=appsync.Definition.from_file("schema.graphql")
)
code = appsync.Code.from_inline("export const request = () => ({}); export const response = request;")
for part in range(60):
    table = dynamodb.Table(
        stack,
        f"Table{part}",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    )
    function = lambda_.Function(
        stack,
        f"Function{part}",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
    )
    table.grant_read_data(function)
    source = api.add_lambda_data_source(f"Source{part}", function)
    source.create_resolver(
        f"Resolver{part}",
        type_name="Query",
        field_name=f"field{part}",
        runtime=appsync.FunctionRuntime.JS_1_0_0,
        code=code,
    )
if kind == "aspect":
    cdk.Aspects.of(app).add(AppSyncGuard(fail_on="never"))
if kind == "plugin":
    cdk.Validations.of(app).add_plugins(AppSyncGuardPlugin(fail_on="never"))
app.synth()
"""
KINDS = ("without", "plugin", "aspect")


def main(runs: int) -> None:
    """Print the medians, and what the guard adds to the app without it."""
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder:
        fields = "\n".join(f"  field{part}: String" for part in range(60))
        Path(folder, "schema.graphql").write_text(f"type Query {{\n{fields}\n}}\n", "utf-8")
        Path(folder, "app.py").write_text(APP, "utf-8")
        for _ in range(runs):
            for kind in KINDS:
                taken[kind].append(_seconds(folder, kind))
    base = taken["without"]
    for kind, seconds in taken.items():
        added = statistics.median(one / two for one, two in zip(seconds, base, strict=True)) - 1
        print(f"{kind:8} {statistics.median(seconds):6.2f} s {added:+7.1%}")


def _seconds(folder: str, kind: str) -> float:
    environment = {**os.environ, "CDK_OUTDIR": f"cdk.out.{kind}"}
    start = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own app
        [sys.executable, "app.py", kind],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
