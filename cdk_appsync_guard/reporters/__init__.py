"""Report → text, JSON, SARIF: each one function, ``render(report, ...) -> str``."""
