"""FAL: pictures by FLUX, clips by MiniMax and Kling, all through one queue and one account."""
