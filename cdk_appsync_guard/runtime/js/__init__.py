"""APPSYNC_JS: modules as AppSync runs them, read and run."""
