"""What does not matter to the outcome is not told apart: no more runs than it takes."""

from __future__ import annotations

import itertools

import pytest
from runtime.running import invocation, run_vtl

from cdk_appsync_guard.runtime.model import Code, Info, Outcome, Pipeline, Step, UnknownData
from cdk_appsync_guard.runtime.run import MOST_RUNS, run

INPUT = UnknownData("ctx.args", nullable=False, kind="map")
COUNT = 12  # 2 ** 12 ways


def ask(request: str, response: str = "$util.toJson($ctx.result)", **given: object) -> Outcome:
    step = Step(
        "table",
        Code(request, "request", "vtl"),
        Code(response, "response", "vtl"),
        "Table",
        "AMAZON_DYNAMODB",
    )
    given = {"arguments": INPUT, "info": Info("put", "Mutation"), **given}
    return run(Pipeline(None, (step,), None), invocation(**given))  # type: ignore[arg-type]


def test_variables_that_nothing_reads_make_no_ways() -> None:
    sets = "".join(f"#if($ctx.args.a{n}) #set($v{n} = 1) #end\n" for n in range(COUNT))

    assert run_vtl(f"{sets}{{}}", arguments=INPUT).kind == "allowed"


def test_ways_that_meet_again_and_again_are_counted_once() -> None:
    outcome = run_vtl("".join(f"#if($ctx.args.a{n})1#end" for n in range(24)), arguments=INPUT)

    assert outcome.kind in ("allowed", "undecided")


def test_variables_that_decide_are_told_apart() -> None:
    sets = "".join(f"#if($ctx.args.a{n}) #set($ok = true) #end\n" for n in range(COUNT))
    text = f"#set($ok = false)\n{sets}#if(!$ok) $util.unauthorized() #end\n{{}}"
    outcome = run_vtl(text, arguments=INPUT)

    assert (outcome.kind, {branch.outcome.kind for branch in outcome.branches}) == (
        "undecided",
        {"allowed", "denied"},
    )
    assert str(MOST_RUNS) not in outcome.reason


def test_filling_in_a_request_makes_no_ways() -> None:
    puts = "".join(
        f'#if($ctx.args.a{n}) $util.qr($update.put("a{n}", $ctx.args.a{n})) #end\n'
        for n in range(COUNT)
    )
    request = (
        f'#set($update = {{}})\n{puts}{{"operation": "UpdateItem", "key": {{}},'
        ' "update": $util.toJson($update)}'
    )

    assert ask(request).kind == "allowed"


def test_operation_that_depends_is_not_taken_for_filling_in() -> None:
    outcome = ask('{ #if($ctx.args.a) "operation": "GetItem", #end "key": {} }')

    assert outcome.kind == "undecided"


def test_check_after_the_request_is_filled_in_still_counts() -> None:
    outcome = ask(
        '#if($ctx.args.a) $util.qr($ctx.stash.put("open", true)) #end\n'
        '{"operation": "GetItem", "key": {}}',
        "#if(!$ctx.stash.open) $util.unauthorized() #end $util.toJson($ctx.result)",
    )

    assert outcome.kind == "undecided"
    assert "denied" in {branch.outcome.kind for branch in outcome.branches}


def test_arguments_that_the_request_changes_are_not_known_after_it() -> None:
    outcome = ask(
        '#if($ctx.args.a) $util.qr($ctx.args.put("role", "admin")) #end\n'
        '{"operation": "GetItem", "key": {}}',
        '#if($ctx.args.role != "admin") $util.unauthorized() #end $util.toJson($ctx.result)',
    )

    assert outcome.kind == "undecided"


CONDITIONS = ("$ctx.args.a", "$ctx.args.b", '$ctx.args.a == "x"', "$x", "!$y")
EFFECTS = ("#set($x = true)", "#set($y = $ctx.args.b)", "$util.unauthorized()", '$util.error("no")')


@pytest.mark.parametrize("seed", range(40))
def test_no_way_is_lost(seed: int) -> None:
    """The outcomes of all known values are among those that unknown values give."""
    numbers = itertools.cycle((seed * 7919 + n * n * 31 + n) % 97 for n in range(50))
    text = "#set($x = false)\n"
    for _ in range(5):
        condition = CONDITIONS[next(numbers) % len(CONDITIONS)]
        first, second = (EFFECTS[next(numbers) % len(EFFECTS)] for _ in range(2))
        other = EFFECTS[next(numbers) % 2]
        text += f"#if({condition}) {other} #if($y) {first} #end #else {second if seed % 3 else other} #end\n"
    unknown = run_vtl(f"{text}{{}}", arguments=INPUT)
    known = {
        run_vtl(f"{text}{{}}", arguments={"a": a, "b": b}).kind
        for a in (None, False, True, "x", "z")
        for b in (None, False, True, "x")
    }

    found = {branch.outcome.kind for branch in unknown.branches} or {unknown.kind}
    assert known <= found


def test_query_without_a_filter_has_looked_at_what_it_gives() -> None:
    """Amplify takes an item that was looked at and not given for one of another owner."""
    outcome = ask(
        '{"operation": "Query", "query": {}}',
        "#if($ctx.result.items.isEmpty() && $ctx.result.scannedCount == 1) $util.unauthorized() #end {}",
    )

    assert outcome.kind == "allowed"


def test_query_with_a_filter_may_look_at_more_than_it_gives() -> None:
    outcome = ask(
        '{"operation": "Query", "query": {}, "filter": {"expression": "#o = :o"}}',
        "#if($ctx.result.items.isEmpty() && $ctx.result.scannedCount == 1) $util.unauthorized() #end {}",
    )

    assert outcome.kind == "undecided"
