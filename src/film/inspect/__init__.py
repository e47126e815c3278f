"""Looks a finished film over as a careful editor would, and says what is wrong, where, and what to do about it."""
