"""What is to say of templates besides findings: what keeps them from being judged.

In: the stacks and files of an assembly. Out: Notices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdk_appsync_guard.appsync.event_apis import event_apis
from cdk_appsync_guard.report import Location, Notice
from cdk_appsync_guard.template.scenarios.stack import Resource, Stack
from cdk_appsync_guard.template.source.read import SourceFile, Template

__all__ = ["missing_transforms", "unread_event_apis"]

_SAM = "AWS::Serverless-2016-10-31"


def missing_transforms(sources: Iterable[SourceFile]) -> Iterator[Notice]:
    """Yield a notice for each template with SAM's resources that does not ask for SAM.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html
    """
    for source in sources:
        resources = source.data.get("Resources") if isinstance(source, Template) else None
        if not isinstance(source, Template) or not isinstance(resources, dict):
            continue
        transforms = source.data.get("Transform")
        if _SAM in (transforms if isinstance(transforms, list) else [transforms]):
            continue
        for name, raw in resources.items():
            kind = raw.get("Type") if isinstance(raw, dict) else None
            if isinstance(kind, str) and kind.startswith("AWS::Serverless::"):
                line, column = source.locate(("Resources", name))
                message = f"warning: `{kind}` needs `Transform: {_SAM}`, which the template lacks"
                yield Notice(message, Location(source.name, line, column, logical_id=name))
                break


def unread_event_apis(stacks: Sequence[Stack]) -> Iterator[Notice]:
    """Yield a notice for each Event API: what is judged of it, and what is not."""
    for api in event_apis(stacks):
        message = (
            f"undecided: `{api.logical_id}` is an Event API: only its API keys and the actions in"
            " policies are checked, not its modes, channels, and handlers"
        )
        yield Notice(message, _location(api))


def _location(part: Resource) -> Location:
    place = part.place()
    line, column = place.file.locate(place.path)
    return Location(place.file.name, line, column, logical_id=part.logical_id)
