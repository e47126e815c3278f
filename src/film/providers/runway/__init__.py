"""Runway: clips, whose bill comes with the task."""
