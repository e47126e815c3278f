"""Landscapes: from words to a drawn place. The registry is in ``registry``; families of scenes beside it."""
