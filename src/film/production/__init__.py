"""How a film is made once it is planned: each shot its own chain, over one journal, one ledger, one library.

FilmPlan ─► budget, or stop ─► film_run
                                 │  each shot by itself
                                 ▼
             shot_chain   picture ─► clip      asset_resolver: key ─► cache ─► reserve ─► submit once ─► fetch ─► store
                          line beside them       │
                                                 ▼
                                        finishing: timeline ─► render ─► film.mp4
"""
