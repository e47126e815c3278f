"""Runs work on other processes and machines; knows nothing of film.

    open_cluster ──► Cluster ─┬─ call     one piece of work on any node, done again where a node dies
                              ├─ stream   the same in steps, each handed over as soon as it is done
                              ├─ Benches  processes that stay, with a GPU of their own each
                              ├─ keep     an actor with a name, one for the whole cluster, begun again where it dies
                              └─ on_every_node   a question that each of them answers

What is called is a plain function of an installed package. Files that it reads are named by their content: a node that
has one under its path uses that, and is sent the others.
"""

from film.cluster.benches import Benches
from film.cluster.cluster import Cluster, node_name, open_cluster
from film.cluster.files import HandedFile
from film.cluster.library import check_installed

__all__ = ["Benches", "Cluster", "HandedFile", "check_installed", "node_name", "open_cluster"]
