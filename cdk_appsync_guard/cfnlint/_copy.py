"""A template's copy that an editor has linted: what is out of reach there, and what to do.

While a template is edited, the CloudFormation language server writes its text to a file of the
folder for temporary files, and runs cfn-lint on that. A schema beside the template is not beside
the copy. https://github.com/aws-cloudformation/cloudformation-languageserver
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from cdk_appsync_guard.cfnlint._ids import FAILED
from cdk_appsync_guard.report import Undecided

__all__ = ["is_copy", "needs_a_file", "question_in_copy"]


def is_copy(file: str) -> bool:
    """Tell whether the file has the name and the place that the language server gives a copy."""
    path = Path(file)
    if _NAME.fullmatch(path.name) is None:
        return False
    try:
        return path.resolve().parent == Path(tempfile.gettempdir()).resolve()
    except OSError:
        return False


def needs_a_file(question: Undecided) -> bool:
    """Tell whether a file would decide it, which may well be next to the template itself."""
    return any(word in question.would_decide for word in _FILES)


def question_in_copy(question: Undecided, file: str) -> str:
    """Return what to do where a path must be whole, and a project's configuration is not read."""
    words = f"{question.reason}, because the editor has a copy of the template linted in"
    words += f" `{Path(file).parent.as_posix()}`"
    setting = _SCHEMA.search(question.would_decide)
    if setting is None:
        return f"{words}: run cdk-appsync-guard scan on the template itself"
    api, name = setting["api"] or "", Path(setting["file"]).name
    return (
        f"{words}: in `~/.cfnlintrc`, give {FAILED} the setting schema {api}/full/path/to/{name},"
        " or run cdk-appsync-guard scan on the template itself"
    )


_NAME = re.compile(r"cfn-lint-\d{1,20}\.(?:yaml|json)")
_FILES = ("--schema", "the folder that holds")
_SCHEMA = re.compile(r"--schema[ =](?P<api>[\w.-]{1,200}=)?(?P<file>[^\s`,]{1,1000})")
