"""The studio: a film seen, compared, approved and made in a browser. A door over ``film.app``, and nothing more.

    serving ──► guard (who asks, from where) ──► routes/<family>.py ──► film.app
       │                                            └── hub ──► events ──► every browser that looks on
       └── pages/   plain ES modules and custom elements, served as they are

No route knows a vendor or a table; what one needs of a film it asks ``film.app``. A family of routes is a module in
``routes`` and a row in its table, a page is a folder in ``pages`` and a row in ``pages/pages.js``.
"""
