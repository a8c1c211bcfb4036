"""The source of a Lambda authorizer → what it can answer. It is read, and never run."""
