"""Whether the API's logs could have told, and what to turn on so that they do next time."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_appsync_guard.diagnosis.case import Case

__all__ = ["logging_first"]

_TELLING = ("ALL", "DEBUG", "INFO", "ERROR")


def logging_first(case: Case) -> Iterator[str]:
    """Yield what the template says of logging, if logs were not captured and could not be."""
    if case.exchange.log is not None or not case.views:
        return
    levels = {view.log_level for view in case.views.views}
    if levels == {"NONE"}:
        yield (
            "field logs, which the template leaves off (the rules `log-config-missing` and"
            " `log-level-none` report this): set FieldLogLevel to `ALL` and"
            " ExcludeVerboseContent to false"
        )
    elif levels <= set(_TELLING):
        level = next(iter(levels))
        if level != "ALL":
            yield f"field logs at the level `ALL`; the template says `{level}`"
        else:
            yield "the CloudWatch logs of the request, which the template turns on"
