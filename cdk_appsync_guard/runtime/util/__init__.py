"""``$util`` and ``util``: what both runtimes offer resolver code."""
