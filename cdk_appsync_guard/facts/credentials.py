"""ApiKey resources → rows of ``api_keys``, judged at a given time.

In: an API and the time. Out: rows. A time that is chosen by a condition is judged in each branch,
in the scenarios where the branch is taken.
https://docs.aws.amazon.com/appsync/latest/APIReference/API_CreateApiKey.html
"""

from __future__ import annotations

from datetime import datetime, timezone

from cdk_appsync_guard.appsync.api import Api
from cdk_appsync_guard.appsync.modes import API_KEY
from cdk_appsync_guard.facts.api_vocabulary import API_KEYS, ApiKeys, Expiry
from cdk_appsync_guard.facts.conversions import number
from cdk_appsync_guard.facts.tables import Row
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.values.value import Text, Unknown, Value, display

__all__ = ["accepts_api_keys", "api_key_rows", "key_row"]

_DAY_SECONDS = 86_400
_HOUR_SECONDS = 3_600
_SOON_DAYS = 14
_WHEN_GIVEN = ("past", "day", "soon", "later", "beyond", "invalid")
_FIRST_TIME = 100_000_000  # in 1973: what is smaller is a number of seconds, days, or nothing
_LAST_TIME = 100_000_000_000  # in the year 5138: what is larger counts milliseconds or less


def api_key_rows(api: Api, now: datetime) -> list[Row]:
    """Return a row for each API key that belongs to the API."""
    accepted = accepts_api_keys(api)
    return [key_row(key, now, api.name, accepted=accepted) for key in api.keys]


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


def key_row(key: Resource, now: datetime, api: str, *, accepted: bool | Unknown) -> Row:
    """Return the row of a key that belongs to the API of that name."""
    written = key.get("Expires")
    expires = number(written)
    cells: ApiKeys = {
        "key": key.logical_id,
        "accepted": accepted,
        "needs": API_KEY,
        "conditional": key.conditional,
        "expiry": _expiry(key, expires, now.timestamp()),
        "expiry_problem": _problem(written, expires),
        "expires_on": _day(expires),
        "expires_in_days": _days_until(expires, now.timestamp()),
    }
    names = ("expiry", "expiry_problem", "expires_on", "expires_in_days")
    places = dict.fromkeys(names if expires is not None else (), key.place("Expires"))
    return API_KEYS.row(cells, key.place(), places, api)


def _is_computed(key: Resource) -> bool:
    """Return whether a deployment decides, so that what is written may never take effect.

    Amplify writes the build's own time for where the parameter that gives another one is left out.
    """
    expires = key.get("Expires")
    if isinstance(expires, Text) and expires.holes[0].kind in ("attribute", "dynamic"):
        return True
    return key.is_fallback_at("Expires")


def _expiry(key: Resource, expires: int | Unknown | None, now: float) -> Expiry | Unknown:
    if _is_computed(key):
        return "computed"
    if not isinstance(expires, Unknown):
        return _when(expires, now)
    if isinstance(key.get("Expires"), (str, float)):
        return "invalid"
    if expires.could_be is not None:
        when = tuple(dict.fromkeys(_when(each, now) for each in expires.could_be))
        why = Unknown(expires.reason, expires.would_decide, when)
        return when[0] if len(when) == 1 else why
    # A text is there, whatever it says; anything else may turn out to be left out.
    is_there = isinstance(key.get("Expires"), Text)
    could_be = _WHEN_GIVEN if is_there else ("default", *_WHEN_GIVEN)
    return Unknown(expires.reason, expires.would_decide, could_be)


def _when(expires: int | None, now: float) -> Expiry:
    if expires is None:
        return "default"
    if not _FIRST_TIME <= expires < _LAST_TIME:
        return "invalid"
    seconds = expires - now
    # AppSync rounds down to the hour, so a few minutes above 365 days are still accepted.
    if seconds > 365 * _DAY_SECONDS + _HOUR_SECONDS:
        return "beyond"
    if seconds <= 0:
        return "past"
    days = seconds / _DAY_SECONDS
    return "day" if days < 1 else "soon" if days < _SOON_DAYS else "later"


def _problem(written: Value, expires: int | Unknown | None) -> str | Unknown | None:
    """Return why what is written is not a time in seconds."""
    if expires is None:
        return None
    if isinstance(expires, Unknown):
        if isinstance(written, (str, float)):
            return f"`{display(written)[:40]}` is not a whole number"
        return _plain(expires)
    if expires >= _LAST_TIME:
        return f"`{expires}` is in milliseconds or a smaller unit"
    return f"`{expires}` is a duration or a placeholder" if expires < _FIRST_TIME else None


def _day(expires: int | Unknown | None) -> str | Unknown | None:
    if expires is None or isinstance(expires, Unknown):
        return _plain(expires)
    if not _FIRST_TIME <= expires < _LAST_TIME:
        return None
    return datetime.fromtimestamp(expires, timezone.utc).strftime("%Y-%m-%d")


def _days_until(expires: int | Unknown | None, now: float) -> int | Unknown | None:
    if expires is None or isinstance(expires, Unknown):
        return _plain(expires)
    return int((expires - now) // _DAY_SECONDS)


def _plain(expires: Unknown | None) -> Unknown | None:
    """Leave out what the seconds could be: it says nothing of days."""
    return None if expires is None else Unknown(expires.reason, expires.would_decide)
