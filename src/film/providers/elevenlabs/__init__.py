"""ElevenLabs: speech with the time of every word."""
