"""Replicate: pictures by FLUX, sold by the picture."""
