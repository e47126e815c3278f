"""From a film's shots to its files: cut, mix, captions, manifest, check; nothing here buys anything."""
