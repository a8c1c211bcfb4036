"""Every table and column that a rule may use, with its possible values and one line of meaning."""

from __future__ import annotations

from cdk_appsync_guard.policy.api_vocabulary import API_TABLES
from cdk_appsync_guard.policy.calls_vocabulary import CALL_TABLES
from cdk_appsync_guard.policy.columns import Cell, Column, Row, Table, misfits
from cdk_appsync_guard.policy.iam_vocabulary import IAM_TABLES
from cdk_appsync_guard.policy.schema_vocabulary import SCHEMA_TABLES
from cdk_appsync_guard.policy.wiring_vocabulary import WIRING_TABLES

__all__ = ["TABLES", "Cell", "Column", "Row", "Table", "misfits"]

TABLES: dict[str, Table] = {
    table.name: table
    for table in (*API_TABLES, *SCHEMA_TABLES, *IAM_TABLES, *WIRING_TABLES, *CALL_TABLES)
}
