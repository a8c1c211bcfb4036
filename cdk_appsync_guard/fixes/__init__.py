"""What can be done about a problem: edits that are proved on the model before they are offered."""
