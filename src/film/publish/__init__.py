"""A film goes out into the world once: to a channel, a folder, a bucket, whoever is told.

    Package (film, words, captions, picture, what it is) ──► publishing.publish ──► target ──► the place
                                                                 └─► journal: a row before anything is sent

Nothing is imported here: the row of a target is read with the settings, and the rest when somebody publishes.
"""
