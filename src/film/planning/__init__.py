"""What would be made, why, and what it costs: shots become requests, and requests are looked up in the library.

shots.json ─► params ─► requests ─► plan (in the library or not, prices, why)
"""
