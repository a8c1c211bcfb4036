"""What can be done about a problem: edits of the SDL that are proved on the model first."""
