"""The program: ``python -m cdk_appsync_guard`` and the console script."""

from __future__ import annotations

from cdk_appsync_guard.cli.main import main


def run() -> None:
    """Run the command line and exit with its code."""
    raise SystemExit(main())


if __name__ == "__main__":
    run()
