"""How a database came to its present form, revision by revision; ``film.db.migrate`` runs them."""
