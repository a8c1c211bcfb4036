"""Properties of an API → its authorization providers, as they are configured.

In: the API's resource. Out: Provider, the default one and the additional ones. Does not judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdk_appsync_guard.appsync.modes import MODES, RECORDS
from cdk_appsync_guard.template.scenarios.stack import Resource
from cdk_appsync_guard.template.source.read import Place
from cdk_appsync_guard.template.values.value import Unknown, Value, unknown_of

__all__ = ["CONFIG_OF_MODE", "Provider", "additional_providers", "default_provider"]

_ADDITIONAL = "AdditionalAuthenticationProviders"
_MOST = 500

CONFIG_OF_MODE = {one.name: one.block for one in RECORDS.values() if one.block}
"""The block that a mode asks for; API keys and IAM ask for none."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured authorization provider. Values are as resolved; None means absent.

    If the mode is not known, ``config`` is the only block that is written, if there is just one.
    """

    mode: str | Unknown
    position: int  # 0 is the default, then the additional ones in order
    place: Place
    config: Value  # the block that the mode asks for: UserPoolConfig, OpenIDConnectConfig, ...

    def get(self, name: str) -> Value:
        """Return a setting of the block: None if it or the block is absent."""
        if isinstance(self.config, dict):
            return self.config.get(name)
        return unknown_of(self.config)


def default_provider(api: Resource) -> Provider:
    """Return the provider that guards what carries no directive."""
    mode = _mode(api.get("AuthenticationType"))
    config = _block(mode, api.get)
    return Provider(mode, 0, api.place("AuthenticationType"), config)


def additional_providers(api: Resource) -> tuple[Provider, ...] | Unknown:
    """Return the additional providers; Unknown if not even their number is known."""
    listed = api.get(_ADDITIONAL)
    if listed is None:
        return ()
    if not isinstance(listed, list):
        return unknown_of(listed) or Unknown(f"`{_ADDITIONAL}` is not a list")
    if len(listed) > _MOST:
        return Unknown(f"`{_ADDITIONAL}` has {len(listed)} items, and AppSync allows 50")
    return tuple(
        _additional_provider(item, position, api.place(_ADDITIONAL, position - 1))
        for position, item in enumerate(listed, start=1)
    )


def _additional_provider(item: Value, position: int, place: Place) -> Provider:
    if not isinstance(item, dict):
        unknown = unknown_of(item) or Unknown("the provider is not an object")
        return Provider(unknown, position, place, unknown)
    mode = _mode(item.get("AuthenticationType"))
    return Provider(mode, position, place, _block(mode, item.get))


def _mode(value: Value) -> str | Unknown:
    if isinstance(value, str):
        if value in MODES:
            return value
        return Unknown(f"`{value}` is not an authorization mode", "a valid AuthenticationType")
    return unknown_of(value) or Unknown("`AuthenticationType` is not a string")


def _block(mode: str | Unknown, get: Callable[[str], Value]) -> Value:
    if not isinstance(mode, Unknown):
        block = CONFIG_OF_MODE.get(mode)
        return None if block is None else get(block)
    written = [config for block in CONFIG_OF_MODE.values() if (config := get(block)) is not None]
    if len(written) > 1:
        return mode
    return written[0] if written else None
