"""The cut for other programs: editing timelines with their sources, contact sheets, posters."""
