"""The program: ``python -m cdk_appsync_guard`` and the console script."""

from __future__ import annotations

import gc

__all__ = ["run"]


def run() -> None:
    """Run the command line and exit with its code."""
    # A scan makes many small values and hardly a cycle: looking for cycles all the time, imports
    # included, would cost a seventh of it.
    gc.set_threshold(200_000)

    from cdk_appsync_guard.cli.main import main  # noqa: PLC0415 - after the line above

    raise SystemExit(main())


if __name__ == "__main__":
    run()
