"""The way of a shot.

shots.json ─► params ─► requests ─► plan (hits, prices, why) ─► budget, or stop
                                      │
             each shot its own chain  ▼
               picture ─► clip      obtain: key ─► cache ─► reserve ─► submit once ─► fetch ─► store ─► index
               speech beside them     │
                                      ▼
                             timeline ─► compose ─► film.mp4
"""
