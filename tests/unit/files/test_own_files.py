"""What is the user's own stays closed to others, and what is written beside other files follows no link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from film.app.films import run_film_pipeline
from film.cache import AssetCache
from film.db.migrate import prepare
from film.db.session import make_engine
from film.files.own_files import fresh_beside, own_file, own_folder
from film.rates.card import RateCard
from film.rates.write import write_card
from film.settings import Settings

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _open_by_default() -> object:
    before = os.umask(0o000)
    yield
    os.umask(before)


def test_a_new_folder_is_closed_and_one_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    own_folder(tmp_path / "a" / "b")
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o770)
    own_folder(shared / "inner")
    assert mode(shared) == 0o770
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        own_folder(tmp_path / "file")


def test_a_new_database_is_closed_with_all_that_sqlite_puts_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "gallery" / "film.db"
    engine = make_engine(f"sqlite:///{file}")
    prepare(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE x (y INTEGER)")
        beside = [path for path in file.parent.iterdir() if path.name.startswith("film.db")]
        assert len(beside) > 1 and {mode(path) for path in beside} == {0o600}
    engine.dispose()
    assert mode(file.parent) == 0o700
    own_file(file)
    assert file.stat().st_size, "what is there is left alone"


def test_a_film_leaves_a_closed_gallery(tmp_path: Path) -> None:
    settings = Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path}/gallery/film.db")
    shots = tmp_path / "shots.json"
    shots.write_text('[{"shot_id": "a", "enhanced_prompt": "A harbour", "duration": 1}]')
    made = run_film_pipeline("attic", str(shots), tier="draft", settings=settings, size="128x128")
    assert mode(settings.gallery) == 0o700
    manifests = list(settings.gallery.rglob("*.build.json"))
    assert manifests and {mode(path) for path in manifests} == {0o600}
    assert mode(settings.gallery / "film.db") == 0o600
    assert made.path.is_file()


def test_an_output_that_is_a_link_is_replaced_and_what_it_points_to_is_not(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    out = tmp_path / "card.toml"
    out.symlink_to(precious)
    write_card(RateCard.shipped(), out, heading="x")
    assert precious.read_text() == "mine" and not out.is_symlink()
    settings = Settings(gallery=tmp_path / "gallery", database_url=f"sqlite:///{tmp_path}/gallery/film.db")
    shots = tmp_path / "shots.json"
    shots.write_text('[{"shot_id": "a", "enhanced_prompt": "A harbour", "duration": 1}]')
    film = tmp_path / "film.mp4"
    film.symlink_to(precious)
    manifest = tmp_path / "film.build.json"
    manifest.symlink_to(precious)
    try:
        run_film_pipeline("attic", str(shots), tier="draft", settings=settings, size="128x128", output=film)
    except Exception as refused:  # noqa: BLE001  # to refuse is as good
        assert str(tmp_path / "film.") in str(refused)
    assert precious.read_text() == "mine"


def test_names_of_temporary_files_cannot_be_known_before(tmp_path: Path) -> None:
    names = {fresh_beside(tmp_path / "film.mp4").name for _ in range(50)}
    assert len(names) == 50
    assert all(str(os.getpid()) not in name.split(".")[-2] or len(name.split(".")[-2]) == 16 for name in names)
    for name in names:
        assert not (tmp_path / name).is_symlink() and (tmp_path / name).stat().st_size == 0


def test_the_store_and_its_reports_are_closed(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/g/film.db")
    prepare(engine)
    with AssetCache(tmp_path / "g", engine=engine) as cache:
        cache.put("ab" * 32, kind="image", provider="fal", mime="image/png", data=b"x")
    assert mode(tmp_path / "g") == 0o700
    engine.dispose()
