"""ApiKey resources → rows of ``api_keys``, judged at a given time.

https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateApiKey.html
"""

from __future__ import annotations

from datetime import datetime, timezone

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import API_KEY
from cdk_appsync_guard.facts.conversions import number
from cdk_appsync_guard.facts.tables import Cell, Row
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Text, Unknown

__all__ = ["accepts_api_keys", "api_key_rows"]

_DAY_SECONDS = 86_400
_HOUR_SECONDS = 3_600
_WHEN_GIVEN = ("past", "day", "month", "later", "beyond")
_LAST_EPOCH = 253_402_300_799  # the end of the year 9999


def api_key_rows(api: Api, now: datetime) -> list[Row]:
    """Return a row for each API key that belongs to the API."""
    return [_row(api, key, now) for key in api.keys]


def accepts_api_keys(api: Api) -> bool | Unknown:
    """Return whether any provider of the API is API_KEY."""
    modes = [provider.mode for provider in api.providers]
    if API_KEY in modes:
        return True
    open_modes = [mode for mode in modes if isinstance(mode, Unknown)]
    if isinstance(api.additional, Unknown):
        open_modes.append(Unknown(api.additional.reason, api.additional.would_decide))
    for mode in open_modes:
        if mode.could_be is None or API_KEY in mode.could_be:
            return Unknown(mode.reason, mode.would_decide)
    return False


def _row(api: Api, key: Resource, now: datetime) -> Row:
    expires = number(key.get("Expires"))
    cells: dict[str, Cell] = {
        "key": key.logical_id,
        "accepted": accepts_api_keys(api),
        "conditional": key.conditional,
        "expiry": _expiry(key, expires, now.timestamp()),
        "expires_on": _day(expires),
        "expires_in_days": _days_until(expires, now.timestamp()),
    }
    names = () if expires is None else ("expiry", "expires_on", "expires_in_days")
    places = dict.fromkeys(names, key.place("Expires"))
    return Row("api_keys", cells, key.place(), places, api.name)


def _is_computed(key: Resource) -> bool:
    """Return whether a deployment decides, so that what is written may never take effect.

    Amplify writes the build's own time, soon past, behind a condition that is false wherever a
    parameter gives another one.
    """
    expires = key.get("Expires")
    if isinstance(expires, Text) and expires.holes[0].kind in ("attribute", "dynamic"):
        return True
    return key.conditional_at("Expires")


def _expiry(key: Resource, expires: int | Unknown | None, now: float) -> str | Unknown:
    if _is_computed(key):
        return "computed"
    if isinstance(expires, Unknown):
        # A text is there, whatever it says; anything else may turn out to be left out.
        could_be = (
            _WHEN_GIVEN if isinstance(key.get("Expires"), Text) else ("default", *_WHEN_GIVEN)
        )
        return Unknown(expires.reason, expires.would_decide, could_be)
    if expires is None:
        return "default"
    seconds = expires - now
    # AppSync rounds down to the hour, so a few minutes above 365 days are still accepted.
    if seconds > 365 * _DAY_SECONDS + _HOUR_SECONDS:
        return "beyond"
    if seconds <= 0:
        return "past"
    days = seconds / _DAY_SECONDS
    return "day" if days < 1 else "month" if days < 30 else "later"  # noqa: PLR2004 - a month


def _day(expires: int | Unknown | None) -> str | Unknown | None:
    if expires is None or isinstance(expires, Unknown):
        return _plain(expires)
    if not 0 <= expires <= _LAST_EPOCH:
        return None
    return datetime.fromtimestamp(expires, timezone.utc).strftime("%Y-%m-%d")


def _days_until(expires: int | Unknown | None, now: float) -> int | Unknown | None:
    if expires is None or isinstance(expires, Unknown):
        return _plain(expires)
    return int((expires - now) // _DAY_SECONDS)


def _plain(expires: Unknown | None) -> Unknown | None:
    """Leave out what the seconds could be: it says nothing of days."""
    return None if expires is None else Unknown(expires.reason, expires.would_decide)
