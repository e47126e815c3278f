"""Gemini: speech, from Google's API for developers."""
