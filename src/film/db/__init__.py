"""The audit trail: tables, engines and migrations, on SQLite in the gallery or PostgreSQL through one URL."""
