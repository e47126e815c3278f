"""The catalogue of voices: name → (class, what to do when it cannot be loaded)."""

ROWS: dict[str, tuple[str, str]] = {
    "draft": ("animatic.provider:DraftAudioProvider", "reinstall film-generation"),
    "openai": ("film.providers.openai_speech:OpenAISpeechProvider", "reinstall film-generation"),
    "elevenlabs": ("film.providers.elevenlabs:ElevenLabsSpeechProvider", "reinstall film-generation"),
}
