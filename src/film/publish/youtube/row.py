"""YouTube as an account: which variable holds its client, where it lives, who plays it in rehearsals."""

from __future__ import annotations

from film.vendors import Account, Vendor

NAME = "youtube"
CLIENT = "FILM_YOUTUBE_CLIENT"
HOME = "https://www.googleapis.com"

ACCOUNT = Account(
    name=NAME,
    keys=(CLIENT,),
    url="FILM_YOUTUBE_URL",
    home=HOME,
    key_page="https://console.cloud.google.com/apis/credentials",
    orders_page="https://studio.youtube.com",
)

VENDOR = Vendor(
    account=ACCOUNT,
    simulator="film.testing.simulator.youtube:SimulatedYouTube",
    remedy="reinstall film-generation",
)
