"""What people write: shots.json and film.toml, read with the line and field of each mistake."""
