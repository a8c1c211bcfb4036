"""AppSyncGuardPlugin: the scan as a plugin of CDK's own validation.

It runs on the final templates, after every aspect, override and cross-stack reference, and reads
them from disk: what it costs hardly grows with the number of constructs.
https://docs.aws.amazon.com/cdk/v2/guide/policy-validation-synthesis.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from cdk_appsync_guard.cdk.library import cdk, jsii
from cdk_appsync_guard.cdk.options import Given, read_options
from cdk_appsync_guard.cdk.scopes import EVERYTHING, outermost, within
from cdk_appsync_guard.cdk.violations import remarks_of, to_violation
from cdk_appsync_guard.engine.scan import scan
from cdk_appsync_guard.errors import GuardError
from cdk_appsync_guard.report import Report, narrow_questions
from cdk_appsync_guard.reporters.writer import safe

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["AppSyncGuardPlugin"]


@jsii.implements(cdk.IPolicyValidationPlugin)
class AppSyncGuardPlugin:
    """Judges the AppSync APIs of an app or a stage whenever it is synthesized.

    ``Validations.of(app).add_plugins(AppSyncGuardPlugin())``. Takes the options of ``scan`` as
    keywords (see ``Given``) and reads the same configuration file. Raises ConfigError at once if
    they make no sense.
    """

    def __init__(self, **given: Unpack[Given]) -> None:
        self._options = read_options(given)

    @property
    def name(self) -> str:
        """The plugin's name in CDK's report; with ``::`` it leads the ids to acknowledge."""
        return "AppSyncGuard"

    @property
    def version(self) -> str:
        """The version of this package."""
        from cdk_appsync_guard import __version__  # noqa: PLC0415 - looked up when asked for

        return __version__

    def validate(self, context: Any) -> Any:
        """Return CDK's report of the templates that were just written."""
        try:
            options = replace(self._options.scan, acknowledged=False)
            report = scan(outermost(context.template_paths), options)
        except GuardError as error:
            place = f"{error.location}: " if error.location else ""
            advice = f" ({error.help})" if error.help else ""
            raise RuntimeError(safe(f"{place}{error.message}{advice}")) from error
        app = context.app_construct
        report = self._unsaid(within(report, self._scopes(app)), app)
        remarks = [(remark, self._options.fails(remark.kind)) for remark in remarks_of(report)]
        return cdk.PolicyValidationPluginReport(
            # CDK fails for every violation of a report without success, be it a mere remark.
            success=not any(fails for _, fails in remarks),
            violations=[to_violation(remark, fails=fails) for remark, fails in remarks],
        )

    def _scopes(self, app: Any) -> list[str]:  # noqa: ARG002 - an aspect looks at it
        """Return the paths of the constructs to report on."""
        return [EVERYTHING]

    def _unsaid(self, report: Report, app: Any) -> Report:
        """Return the report without what another guard of the app said in the same synthesis."""
        said = _SAID.setdefault(app, {})
        if self in said:  # anyone who speaks twice speaks in another synthesis
            said.clear()
        known = {one for others in said.values() for one in others}
        said[self] = {
            *report.findings,
            *((one.reason, rule) for one in report.undecided for rule in one.rules),
            *((one.location, one.message) for one in report.problems),
        }
        return replace(
            report,
            findings=tuple(one for one in report.findings if one not in known),
            undecided=narrow_questions(
                report.undecided, lambda one, rule: (one.reason, rule) not in known
            ),
            problems=tuple(
                one for one in report.problems if (one.location, one.message) not in known
            ),
        )


# Guards of one app do not know of each other, and CDK has no place to leave them a word.
_SAID: WeakKeyDictionary[Any, dict[AppSyncGuardPlugin, set[object]]] = WeakKeyDictionary()
