"""Every table and column that a rule may use, with its possible values and one line of meaning."""

from __future__ import annotations

from cdk_appsync_guard.facts.api_vocabulary import API_TABLES
from cdk_appsync_guard.facts.calls_vocabulary import CALL_TABLES
from cdk_appsync_guard.facts.code_vocabulary import CODE_TABLES
from cdk_appsync_guard.facts.iam_vocabulary import IAM_TABLES
from cdk_appsync_guard.facts.schema_vocabulary import SCHEMA_TABLES
from cdk_appsync_guard.facts.tables import Cell, Column, Row, Table, misfits
from cdk_appsync_guard.facts.wiring_vocabulary import WIRING_TABLES

__all__ = ["TABLES", "Cell", "Column", "Row", "Table", "misfits"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *API_TABLES,
        *SCHEMA_TABLES,
        *IAM_TABLES,
        *WIRING_TABLES,
        *CODE_TABLES,
        *CALL_TABLES,
    )
}
