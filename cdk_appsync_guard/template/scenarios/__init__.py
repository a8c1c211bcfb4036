"""Assemblies → stacks whose values are resolved, once per combination of conditions."""
