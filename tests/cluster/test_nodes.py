"""What nodes do for a film: models work on those that have their GPUs."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest
from cluster_room import room, shot

pytest.importorskip("ray", reason="Ray is an extra: just test-engines")
pytestmark = [
    pytest.mark.engines,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]  # Ray's own processes are left to the garbage collector


def test_a_model_works_where_its_gpu_is_and_stays_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    (package / "diffusion-1.dist-info").mkdir(parents=True)
    (package / "diffusion-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: diffusion\nVersion: 1\n")
    entry = "[film.providers]\ndiffusion = diffusion:Diffusion\n"
    (package / "diffusion-1.dist-info" / "entry_points.txt").write_text(entry)
    (package / "diffusion.py").write_text(
        dedent(f"""
        import os
        from decimal import Decimal
        from pathlib import Path
        from film.models import Generated
        from film.providers.base import BaseImageProvider
        from film.testing import synthetic

        class Diffusion(BaseImageProvider):
            name, local, gpus = "diffusion", True, 1

            def estimate_cost(self, config):
                return Decimal(0)

            async def generate(self, prompt, config):
                with Path({str(tmp_path / "worked")!r}).open("a") as file:
                    file.write(f"{{os.getpid()}} {{os.environ.get('CUDA_VISIBLE_DEVICES')}}\\n")
                return Generated(data=synthetic.picture(64, 64, len(prompt)), mime="image/png")
        """)
    )
    path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH")]))
    database = f"sqlite:///{tmp_path}/film.db"
    with room(tmp_path, database, workers=1, monkeypatch=monkeypatch, PYTHONPATH=path) as made:
        shots = [shot(n, "film", dialogue=None, image_provider="diffusion", audio_provider=None) for n in range(3)]
        code, said = made.make("film", shots, "--tier", "draft").wait()
        assert code == 6, said
        assert "diffusion needs 1 GPU, and the cluster has 0" in said
        made.add(num_cpus=1, num_gpus=1)
        code, said = made.make("film", shots, "--tier", "draft").wait()
        assert code == 0, said
    worked = (tmp_path / "worked").read_text().splitlines()
    assert len(worked) == 3
    assert len(set(worked)) == 1, "one process did all, and saw its GPU"
    assert worked[0].endswith(" 0")
