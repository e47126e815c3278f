"""An attack on the promise of money by people who know the program from outside only.

Vendors made from the vendors' public documents, and programs that kill, break and audit. Nothing here imports ``film``:
it is run as users run it, by its command.
"""
