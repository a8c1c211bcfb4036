"""Paths → assemblies of templates."""
