"""A report with one of everything that reporters must be able to show."""

from __future__ import annotations

from cdk_appsync_guard.errors import GuardError, InputError, RuleError
from cdk_appsync_guard.report import (
    Excerpt,
    Finding,
    Location,
    Notice,
    Report,
    Severity,
    Suppression,
    Symptom,
    Undecided,
    Waiting,
)

GUIDE = "https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html"
PATH = "Resources/BlogSchema/Properties/Definition"


def blocked(line: int, name: str, scenario: str | None = None) -> Finding:
    return Finding(
        rule="nested-type-blocks-mode",
        category="schema",
        severity=Severity.ERROR,
        title="A mode may call the field but not read anything it returns",
        message=f"`AWS_IAM` callers may call `Query.{name}` but no field of its type: first blocked is `Post.id`",
        symptom=Symptom(200, "Unauthorized", "Not Authorized to access id on type Post"),
        remediation="Add @aws_iam to type Post; directives are not inherited from the field that returns it.",
        references=(GUIDE,),
        location=Location("template.yaml", line, 26, PATH, "BlogSchema", "Blog/Schema/Resource"),
        api="blog",
        coordinate=f"Query.{name}",
        scenario=scenario,
        excerpt=Excerpt(f"{name}(id: ID!): Post @aws_iam", len(name) + 17),
    )


def logging(file: str, suppressed: Suppression | None) -> Finding:
    return Finding(
        rule="log-level-none",
        category="logging",
        severity=Severity.WARNING,
        title="Field logging is off, so nobody can see why a request was denied",
        message="`blog` has the field log level `NONE`",
        symptom=None,
        remediation="Set FieldLogLevel to ERROR or ALL.",
        references=("https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html",),
        location=Location(file, 41, 11, "Resources/Blog/Properties/LogConfig", "Blog"),
        api="blog",
        suppressed=suppressed,
        excerpt=Excerpt("- FieldLogLevel: NONE", 3),
    )


def waiting(rule: str, name: str) -> Waiting:
    return Waiting(
        rule=rule,
        category="schema",
        severity=Severity.ERROR,
        title="A mode may call the field but not read anything it returns",
        location=Location("orders/template.json", 1, 2041, "Resources/Orders", "Orders"),
        api="orders",
        coordinate=name,
    )


UNCLEAR = Undecided(
    "the schema of `orders` was not found",
    "--schema orders=FILE",
    tuple(waiting(f"rule-{number}", f"Query.order{number % 3}") for number in range(9)),
)
REPORT = Report(
    findings=(
        *(blocked(62 + number, f"post{number}") for number in range(7)),
        blocked(70, "draft", "`IsProd` is true"),
        logging("template.yaml", None),
        logging("infra/template.yaml", Suppression("metadata", "logs are kept by the proxy")),
        Finding(
            rule="api-key-as-default",
            category="providers",
            severity=Severity.INFO,
            title="The API key is the default mode beside a user pool",
            message="`blog` takes `API_KEY` where no directive says otherwise",
            symptom=Symptom(None, None, "Schema Creation Status is FAILED"),
            remediation="Make the user pool the default mode.",
            references=(),
            location=Location("template.yaml"),
            consequences=(blocked(71, "follows"),),
        ),
    ),
    undecided=(UNCLEAR,),
    notices=(
        Notice(
            "parameter `Stage` has no value: its default `dev` is used",
            Location("template.yaml", 9),
        ),
        Notice("a suppression of `log-level-none` matched nothing"),
    ),
    problems=(
        InputError(
            "the file is not UTF-8: byte `0xff` at offset 17",
            location=Location("broken template.yaml", 2, 5),
            help="save it as UTF-8",
        ),
        RuleError("unknown key `severty`", location=Location("rules/mine/rule.yaml", 3, 1)),
        GuardError("the scan was cut short"),
    ),
    files=("broken template.yaml", "infra/template.yaml", "orders/template.json", "template.yaml"),
    apis=("blog", "orders"),
)
