"""YouTube's Data API, as far as publishing a film takes: sign-in, upload, words, captions, picture, playlist."""
