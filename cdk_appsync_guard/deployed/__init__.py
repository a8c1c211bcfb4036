"""Deployed APIs → a template of them, with schema and code as files beside it.

In: an account of AWS, or what was written down of its IAM. Out: a CloudFormation template on which
every command works. What could not be read is a parameter without a value there, whose name says
which permission would tell. Judges nothing.
"""
