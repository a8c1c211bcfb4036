"""Templates, SDL and rules that nobody would write, made of words that the package knows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cdk_appsync_guard.facts.vocabulary import TABLES

MODES = ["API_KEY", "AWS_IAM", "AMAZON_COGNITO_USER_POOLS", "OPENID_CONNECT", "AWS_LAMBDA"]
IDS = ["Api", "Other", "Schema", "Pool", "Role", "Function", "Source", "Nested", "P", "Q", "C0"]
ATTRIBUTES = ["Arn", "ApiId", "GraphQLUrl", "Name", "ProviderName", "Outputs.O", "FunctionId"]
TYPES = {
    "AWS::AppSync::GraphQLApi": (
        "Name AuthenticationType AdditionalAuthenticationProviders UserPoolConfig LogConfig Tags "
        "OpenIDConnectConfig LambdaAuthorizerConfig XrayEnabled Visibility ApiType QueryDepthLimit "
        "MergedApiExecutionRoleArn IntrospectionConfig ResolverCountLimit"
    ),
    "AWS::AppSync::GraphQLSchema": "ApiId Definition DefinitionS3Location",
    "AWS::AppSync::ApiKey": "ApiId Expires",
    "AWS::AppSync::ApiCache": "ApiId TransitEncryptionEnabled AtRestEncryptionEnabled",
    "AWS::AppSync::DataSource": "ApiId Name Type ServiceRoleArn LambdaConfig HttpConfig",
    "AWS::AppSync::Resolver": "ApiId TypeName FieldName DataSourceName Kind PipelineConfig Code",
    "AWS::AppSync::FunctionConfiguration": "ApiId Name DataSourceName",
    "AWS::AppSync::SourceApiAssociation": "SourceApiIdentifier MergedApiIdentifier",
    "AWS::AppSync::DomainNameApiAssociation": "ApiId DomainName",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolGroup": "GroupName UserPoolId RoleArn",
    "AWS::Cognito::IdentityPool": "AllowUnauthenticatedIdentities CognitoIdentityProviders",
    "AWS::Cognito::IdentityPoolRoleAttachment": "IdentityPoolId Roles RoleMappings",
    "AWS::IAM::Role": "AssumeRolePolicyDocument Policies ManagedPolicyArns PermissionsBoundary",
    "AWS::IAM::Policy": "PolicyDocument Roles Users Groups",
    "AWS::IAM::User": "Policies Groups",
    "AWS::Lambda::Function": "Role Environment FunctionName",
    "AWS::Lambda::Permission": "FunctionName Principal Action SourceArn SourceAccount",
    "AWS::Events::Rule": "Targets",
    "AWS::Logs::LogGroup": "LogGroupName RetentionInDays",
    "AWS::WAFv2::WebACLAssociation": "ResourceArn WebACLArn",
    "AWS::CloudFormation::Stack": "TemplateURL Parameters",
}
KEYS = [
    *("AuthenticationType", "UserPoolConfig", "UserPoolId", "AwsRegion", "AppIdClientRegex"),
    *("DefaultAction", "Issuer", "ClientId", "IatTTL", "AuthorizerUri"),
    *("IdentityValidationExpression", "AuthorizerResultTtlInSeconds", "Roles", "FieldLogLevel"),
    *("CloudWatchLogsRoleArn", "ExcludeVerboseContent", "Key", "Value", "Variables", "URL"),
    *("Functions", "LambdaFunctionArn", "PolicyName", "PolicyDocument", "Version", "Statement"),
    *("Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Service"),
    *("Federated", "AWS", "Condition", "StringEquals", "ForAnyValue:StringLike", "Bool"),
    *("aws:SourceIp", "cognito-identity.amazonaws.com:aud", "authenticated", "unauthenticated"),
    *("Id", "Arn", "RoleArn", "AppSyncParameters", "GraphQLOperation", "Endpoint"),
    *("AuthorizationConfig"),
]
WORDS = [
    *MODES,
    *("", "*", "ALL", "NONE", "ERROR", "ALLOW", "DENY", "Allow", "Deny", "MERGED", "PRIVATE"),
    *("Query", "Mutation", "a", "b", "N", "AWS_LAMBDA", "HTTP", "PIPELINE", "UNIT", "eu-west-1"),
    *("appsync:GraphQL", "appsync:*", "lambda:InvokeFunction", "sts:AssumeRole", "a.b.c", "(["),
    *("appsync.amazonaws.com", "lambda.amazonaws.com", "cognito-identity.amazonaws.com"),
    *("https://example.com/", "eu-west-1_abc", "arn:aws:iam::aws:policy/AdministratorAccess"),
    *("arn:aws:appsync:eu-west-1:1:apis/x/types/Query/fields/a", "arn:aws:lambda:::function:f"),
    *("mutation { b(x: 1) { id } }", "{{resolve:ssm:/a}}", "\x1b[31m\u202e", "2020-01-01"),
    *("da2-abcdefghijklmnopqrstuvwxyz", "x" * 300, "schema.graphql", "é😀"),
]
SUBS = [
    "${Api.Arn}/types/Query/fields/a",
    "${Api.Arn}/types/Query/*",
    "${Api}/*",
    "${P}${!Q}${Nope}",
    "arn:${AWS::Partition}:appsync:${AWS::Region}:${AWS::AccountId}:apis/${Other.ApiId}/*",
    "/aws/appsync/apis/${Api.ApiId}",
    "${",
]

_NUMBERS = st.sampled_from([0, 1, -1, 7, 365, 1.5, 1e300, 1900000000, 10**30, True, False, None])
_NAMES = st.sampled_from([*IDS, "AWS::Region", "AWS::NoValue", "AWS::AccountId", "Nope"])
_REFERENCES = st.one_of(
    st.builds(lambda name: {"Ref": name}, _NAMES),
    st.builds(lambda a, b: {"Fn::GetAtt": [a, b]}, _NAMES, st.sampled_from(ATTRIBUTES)),
    st.builds(lambda text: {"Fn::Sub": text}, st.sampled_from(SUBS)),
    st.builds(lambda name: {"Fn::ImportValue": name}, st.sampled_from(["e", "f"])),
)
LEAVES = st.one_of(
    st.sampled_from(WORDS), st.sampled_from(WORDS), _REFERENCES, _NUMBERS, st.text(max_size=5)
)


def _functions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, max_size=3)
    conditions = st.sampled_from(["C0", "C1", "Nope"])
    return st.one_of(
        st.builds(lambda c, a, b: {"Fn::If": [c, a, b]}, conditions, inner, inner),
        st.builds(lambda items: {"Fn::Join": ["", items]}, some),
        st.builds(lambda at, items: {"Fn::Select": [at, items]}, st.integers(-1, 3), some),
        st.builds(lambda text: {"Fn::Split": [":", text]}, inner),
        st.builds(lambda key: {"Fn::FindInMap": ["M", key, "x"]}, inner),
        st.builds(lambda text, value: {"Fn::Sub": [text, {"P": value}]}, st.sampled_from(SUBS), inner),
        st.dictionaries(
            st.sampled_from(["Fn::ToJsonString", "Fn::Base64", "Fn::GetAZs", "Fn::Length", "Fn::X"]),
            inner,
            min_size=1,
            max_size=2,
        ),
    )  # fmt: skip


VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        _functions(inner),
    ),
    max_leaves=12,
)


def directives() -> st.SearchStrategy[str]:
    """Return uses of directives: AppSync's, nearly AppSync's, with all kinds of arguments."""
    name = st.sampled_from(
        [
            *(
                "aws_iam",
                "aws_api_key",
                "aws_oidc",
                "aws_lambda",
                "aws_cognito_user_pools",
                "aws_auth",
            ),
            *("aws_subscribe", "aws_cognito_userpools", "deprecated", "hidden", "model"),
        ]
    )
    arguments = st.sampled_from(
        [
            *("", "", "", '(cognito_groups: ["g", "h"])', '(cognito_groups: "g")'),
            *("(cognito_groups: [])", "(cognito_groups: 1)", "(cognito_groups: [[{a: $b}]])"),
            *('(mutations: ["b", "nope"])', "(mutations: null)", '(other: """x""")'),
            '(cognito_groups: ["g"], cognito_groups: E)',
        ]
    )
    one = st.builds(lambda name, said: f"@{name}{said}", name, arguments)
    return st.lists(one, max_size=3).map(" ".join)


def sdl() -> st.SearchStrategy[str]:
    """Return SDL that mostly parses, and makes little sense."""
    names = st.sampled_from(["Query", "Mutation", "Subscription", "N", "M", "I", "U"])
    returned = st.sampled_from(["ID", "N", "N!", "[N!]!", "M", "I", "U", "Query", "Nope", "[[I]]"])
    arguments = st.sampled_from(["", "", "(x: ID)", "(x: In! = {y: [1]}, owner: ID)"])
    field = st.builds(
        lambda name, args, kind, said: f"{name}{args}: {kind} {said}",
        st.sampled_from("abcx"),
        arguments,
        returned,
        directives(),
    )
    body = st.lists(field, min_size=1, max_size=4).map("\n".join)
    keyword = st.sampled_from(["type", "type", "type", "interface", "extend type", "input"])
    comment = st.sampled_from(
        ["", "# cdk-appsync-guard: ignore mode-not-configured -- why", '"""d"""']
    )
    typed = st.builds(
        lambda words, kind, name, above, said, fields: (
            f"{words}\n{kind} {name} {above} {said} {{ {fields} }}"
        ),
        comment,
        keyword,
        names,
        st.sampled_from(["", "", "implements I", "implements I, N"]),
        directives(),
        body,
    )
    others = st.sampled_from(
        [
            *("union U = N | M | U", "scalar Nope", "enum E { A }", "schema { query: N }", "}"),
            *("input In { y: ID }", "directive @model on OBJECT", "query { a }", "type Empty {}"),
            "extend schema @aws_iam",
        ]
    )
    return st.lists(typed | typed | typed | others, max_size=6).map("\n".join)


def resources() -> st.SearchStrategy[dict[str, Any]]:
    """Return a resource of a known type: its properties are known by name, and by name alone."""
    own = st.just({"Fn::GetAtt": ["Api", "ApiId"]})

    def properties(kind: str) -> st.SearchStrategy[dict[str, Any]]:
        names = TYPES[kind].split()
        special = {"ApiId": own | own | VALUES, "Definition": sdl() | sdl() | VALUES}
        value = {name: special.get(name, VALUES) for name in names}
        given = st.fixed_dictionaries({}, optional=value)
        return st.fixed_dictionaries(
            {"Type": st.just(kind), "Properties": given | given | given | VALUES},
            optional={
                "Condition": st.sampled_from(["C0", "C1", "Nope", 1]),
                "Metadata": st.dictionaries(
                    st.sampled_from(["cdk-appsync-guard", "aws:cdk:path", "aws:asset:path"]),
                    st.builds(lambda one: {"ignore": [{"rule": "*", "reason": one}]}, LEAVES)
                    | VALUES,
                    max_size=2,
                ),
            },
        )

    return st.sampled_from(sorted(TYPES)).flatmap(properties)


def apis() -> st.SearchStrategy[dict[str, Any]]:
    """Return an API that makes sense more often than not."""
    provider = st.builds(lambda mode: {"AuthenticationType": mode}, st.sampled_from(MODES) | LEAVES)
    given = st.fixed_dictionaries(
        {"Name": LEAVES, "AuthenticationType": st.sampled_from(MODES) | LEAVES},
        optional={
            "AdditionalAuthenticationProviders": st.lists(provider | VALUES, max_size=4) | VALUES,
            "UserPoolConfig": VALUES,
            "LogConfig": VALUES,
        },
    )
    kind = "AWS::AppSync::GraphQLApi"
    return st.builds(lambda properties: {"Type": kind, "Properties": properties}, given)


def templates() -> st.SearchStrategy[dict[str, Any]]:
    """Return a template with an API, its schema, and whatever else."""
    schema = st.builds(
        lambda text, api: {
            "Type": "AWS::AppSync::GraphQLSchema",
            "Properties": {"ApiId": api, "Definition": text},
        },
        sdl() | sdl() | VALUES,
        st.just({"Fn::GetAtt": ["Api", "ApiId"]}) | _REFERENCES,
    )
    truth = st.recursive(
        st.builds(lambda a, b: {"Fn::Equals": [a, b]}, LEAVES, LEAVES)
        | st.builds(lambda name: {"Condition": name}, st.sampled_from(["C0", "C1"])),
        lambda inner: st.one_of(
            st.builds(lambda one: {"Fn::Not": [one]}, inner),
            st.builds(lambda some: {"Fn::And": some}, st.lists(inner, max_size=3)),
            st.builds(lambda some: {"Fn::Or": some}, st.lists(inner, max_size=3)),
        ),
        max_leaves=4,
    )
    declared = st.fixed_dictionaries(
        {"Type": st.sampled_from(["String", "Number", "CommaDelimitedList", "Nope"])},
        optional={
            "Default": st.sampled_from(WORDS) | _NUMBERS,
            "AllowedValues": st.lists(st.sampled_from(WORDS), max_size=3),
            "NoEcho": st.booleans(),
        },
    )
    others = st.dictionaries(st.sampled_from(IDS[1:]), resources(), max_size=5)
    return st.fixed_dictionaries(
        {"Resources": st.builds(_together, apis() | resources(), schema | resources(), others)},
        optional={
            "Parameters": st.dictionaries(st.sampled_from("PQ"), declared | VALUES),
            "Conditions": st.dictionaries(st.sampled_from(["C0", "C1"]), truth | VALUES),
            "Mappings": st.just({"M": {"a": {"x": "API_KEY"}, "b": {"x": ["ALL"]}}}) | VALUES,
            "Outputs": st.dictionaries(
                st.sampled_from("OP"),
                st.builds(lambda v, n: {"Value": v, "Export": {"Name": n}}, VALUES, LEAVES) | VALUES,
                max_size=2,
            ),
            "Metadata": VALUES,
            "Description": VALUES,
        },
    )  # fmt: skip


def _together(
    api: dict[str, Any], schema: dict[str, Any], others: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    return {**others, "Api": api, "Schema": schema}


def rule_files() -> st.SearchStrategy[str]:
    """Return rule files about real tables; most are refused, some are not."""
    columns = sorted({column.name for table in TABLES.values() for column in table.columns})
    literals = [f"'{word}'" for word in ("API_KEY", "all", "default", "x")] + [
        "`0`",
        "`true`",
        "`[]`",
    ]
    tables = st.sampled_from(sorted(TABLES))

    def queries(table: str) -> st.SearchStrategy[str]:
        own = st.sampled_from([column.name for column in TABLES[table].columns])
        column = own | own | own | st.sampled_from(columns)
        operand = st.sampled_from(literals) | column
        atom = st.one_of(
            column,
            st.builds("{} {} {}".format, column, st.sampled_from(["==", "!=", "<", ">="]), operand),
            st.builds("contains({}, {})".format, column, operand),
            st.builds("{}({}) > `1`".format, st.sampled_from(["length", "sum"]), column),
            st.builds("{}[?@ == {}]".format, column, operand),
        )
        condition = st.recursive(
            atom,
            lambda inner: (
                st.builds("({} && {})".format, inner, inner)
                | st.builds("({} || {})".format, inner, inner)
                | st.builds("!({})".format, inner)
            ),
            max_leaves=4,
        )
        return condition.map(lambda text: f"{table}[?{text}]")

    return st.builds(
        (
            "id: own\ntitle: Own\nseverity: {}\nquery: \"{}\"\nmessage: '{}'\n"
            "symptom: {}\nremediation: Do\nreferences: [{}]\n"
        ).format,
        st.sampled_from(["error", "warning", "info", "bad"]),
        tables.flatmap(queries),
        st.sampled_from(["m", "m", "{name} m", "`{coordinate}`", "{", "", "{nope}"]),
        st.sampled_from(["none", "none", "{status: deploy}", "{status: 401}", "[x]"]),
        st.sampled_from(["https://example.com/a", "https://example.com/a", "x", ""]),
    )  # fmt: skip
