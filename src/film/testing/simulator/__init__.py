"""Simulated vendors on this machine: FAL, Replicate, Runway, OpenAI and ElevenLabs, by their protocols.

They take orders, make real (small) media of them, bill them, and fail in every way that a vendor can, on demand.

    async with Simulator(latency=Latency(speed=100), faults=[Fault("reset", after=True)]) as simulator:
        ...                                     # run a film with simulator.environment()
        assert not simulator.bought_twice()
"""

from film.testing.simulator.books import Books, Charge, Post, SimulatedJob
from film.testing.simulator.faults import Fault
from film.testing.simulator.server import Simulator, SimulatorThread, serve
from film.testing.simulator.vendor import Latency

__all__ = ["Books", "Charge", "Fault", "Latency", "Post", "SimulatedJob", "Simulator", "SimulatorThread", "serve"]
