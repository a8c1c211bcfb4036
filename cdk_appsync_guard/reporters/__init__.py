"""Report → text, JSON, SARIF and more: each format one function, ``render(report, ...) -> str``."""
