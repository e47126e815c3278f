"""Fake FAL, Replicate, Runway, OpenAI and ElevenLabs, written from the vendors' public documents alone."""
