"""What teams pin in tests of theirs, with or without pytest: a response, the whole matrix."""
