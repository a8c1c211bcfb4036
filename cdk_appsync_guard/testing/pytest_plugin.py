"""``pytest --update-matrix``: writes the files that ``assert_matrix`` compares with.

Loaded by pytest itself wherever the package is installed, so it imports nothing of it.
See https://docs.pytest.org/en/stable/how-to/writing_plugins.html.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["pytest_addoption", "pytest_configure", "pytest_unconfigure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option."""
    parser.getgroup("cdk-appsync-guard").addoption(
        "--update-matrix",
        action="store_true",
        help="Write the files that assert_matrix compares with.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tell ``assert_matrix`` by the environment, which workers of pytest-xdist inherit."""
    if config.getoption("--update-matrix"):
        os.environ[_UPDATE] = "1"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the environment as it was."""
    if config.getoption("--update-matrix"):
        os.environ.pop(_UPDATE, None)


_UPDATE = "CDK_APPSYNC_GUARD_UPDATE_MATRIX"  # as in testing.matrix, which is not imported here
