"""The store with a bucket behind it, so that several machines share one library.

    place:   bucket ──there, at its length──► gallery ──► (row)        others never meet a row without its blob
    check:   gallery ──not here──► bucket ──► tmp/<hash>-part ──hash──► gallery
    present: gallery ──not here──► ask the bucket, many at once, and remember

The gallery stays what FFmpeg and people work with: a copy of what was used here, of which any part may be dropped. What
a file here and an object there disagree on, the hash decides, and it takes two reads that agree, and the store's own
checksum where it has one, to find an object bad: one machine's eyes are not everybody's.

A download that was cut goes on where it stopped, in this
process or the next; two processes that want one blob at the same time fetch it once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedRandom
from pathlib import Path

from film.cache.blobs import BlobStore, Condition, Sealed
from film.cache.bucket import AT_ONCE, CHUNK, Bucket
from film.cache.locks import hold
from film.cache.membership import Membership
from film.errors import StoreError, disk_error

SUSPICIOUS = 3
"""Objects read wrongly from which on a machine is no witness, unless it has read more of them well."""
TRIES = 3
"""Times that a download is begun or taken up again before it is given up."""

_PART = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class SharedBlobs(BlobStore):
    def __init__(self, gallery: Path, owner: Callable[[], str], bucket: Bucket, membership: Membership) -> None:
        super().__init__(gallery, owner)
        self.bucket, self._membership = bucket, membership
        self._there: dict[str, int] = {}
        self._good_reads = self._bad_reads = 0

    # -- writing

    def place(self, sealed: Sealed) -> None:
        """Into the bucket first: once it has its name here, a row may name it."""
        self._membership.take()
        self.bucket.put(sealed.temporary, sealed.sha256, sealed.size)
        self._there[sealed.sha256] = sealed.size
        super().place(sealed)

    def share(self, sha256: str, size: int) -> bool:
        """Give the bucket a blob that it lacks, or has damaged; False when it has it whole."""
        if self.check_here(sha256, size) is not Condition.GOOD:
            return False
        self._membership.take()
        file = Path(self.location(sha256))
        is_new = not self.bucket.is_whole(sha256, size, like=file)
        if is_new:
            self.bucket.put(file, sha256, size, anyway=True)
        self._there[sha256] = size
        return is_new

    # -- reading

    def present(self, sha256: str, size: int) -> Condition:
        here = self.look_here(sha256, size)
        if here is Condition.GOOD:
            return here
        self.expect([(sha256, size)])
        return self._at_its_length(sha256, size, here)

    def check(self, sha256: str, size: int) -> Condition:
        """Whole and here, fetched if need be. A bad copy makes way for the bucket's."""
        here = self.check_here(sha256, size)
        if here is Condition.GOOD:
            return here
        there = self.present(sha256, size) if here is Condition.MISSING else self._asked(sha256, size, here)
        if there is not Condition.GOOD:
            return here if here.is_unavailable else there
        if here is not Condition.MISSING and not here.is_unavailable:
            super().condemn(sha256)
        return self._fetch(sha256, size)

    def at_hand(self, sha256: str, size: int) -> Condition:
        here = self.look_here(sha256, size)
        return here if here is Condition.GOOD else self.check(sha256, size)

    def expect(self, wanted: Iterable[tuple[str, int]], *, here: bool = False) -> None:
        away = [(sha256, size) for sha256, size in wanted if self.look_here(sha256, size) is not Condition.GOOD]
        unknown = {sha256 for sha256, _ in away if sha256 not in self._there}
        if unknown and not self._membership.is_new:
            self._membership.ensure()
            found = self.bucket.sizes(unknown)
            self._there.update(found)
            if len(found) < len(unknown):
                self._membership.confirm()  # a bucket that went away meanwhile also has none of them
        if here and len(away) > 1:
            with ThreadPoolExecutor(AT_ONCE // 2, "film-fetch") as pool:
                list(pool.map(self.check, *zip(*away, strict=True)))

    def audit(self, sha256: str, size: int, *, read: bool) -> Condition:
        """The copy here, if there is one, by its bytes; the bucket's by its length."""
        here = (self.check_here if read else self.look_here)(sha256, size)
        there = self._asked(sha256, size, here)
        if here.is_unavailable and there is Condition.GOOD:
            return here
        if here is Condition.GOOD:
            return Condition.GOOD if there is Condition.GOOD else Condition.UNSHARED
        return there if here is Condition.MISSING else here

    def exists(self) -> bool:
        """A gallery may be empty; the bucket answers for it, or raises StoreError."""
        if not self._membership.is_new:
            self._membership.confirm()
        return True

    def forget_checks(self) -> None:
        super().forget_checks()
        self._there.clear()

    # -- removing

    def condemn(self, sha256: str) -> None:
        self._there.pop(sha256, None)
        super().condemn(sha256)
        self.bucket.condemn(sha256)

    def remove(self, hashes: Sequence[str]) -> None:
        self._membership.ensure()
        for sha256 in hashes:
            self._there.pop(sha256, None)
        self.bucket.remove(hashes)
        super().remove(hashes)

    def heal(self, sha256: str, size: int) -> bool:
        if not super().heal(sha256, size):
            return False
        self.share(sha256, size)
        return True

    def strays(self, known: Set[str]) -> Iterator[tuple[str, int]]:
        yield from super().strays(known)
        if self._membership.is_new:
            return
        self._membership.ensure()
        for found in self.bucket.blobs():
            if found.sha256 not in known:
                yield found.sha256, found.size

    # -- inside

    def _at_its_length(self, sha256: str, size: int, otherwise: Condition) -> Condition:
        found = self._there.get(sha256)
        if found is None:
            return Condition.ELSEWHERE if otherwise is Condition.MISSING and self._membership.is_filling else otherwise
        return Condition.GOOD if found == size else Condition.CUT_SHORT

    def _asked(self, sha256: str, size: int, otherwise: Condition) -> Condition:
        """What the bucket says of a blob, whatever lies here."""
        if sha256 not in self._there and not self._membership.is_new:
            self._membership.ensure()
            found = self.bucket.size(sha256)
            if found is None:
                self._membership.confirm()
            else:
                self._there[sha256] = found
        return self._at_its_length(sha256, size, otherwise)

    def _fetch(self, sha256: str, size: int) -> Condition:
        """Bring a blob here, alone on this machine: whoever has its part locked is at it, and finds it done if not."""
        self._membership.ensure()
        self._make_folders(str(self.temporaries))
        part = self.temporaries / f"{sha256}-part"
        try:
            while True:
                with os.fdopen(os.open(part, _PART, 0o600), "r+b") as file:
                    hold(file.fileno())
                    if self.check_here(sha256, size) is Condition.GOOD:
                        return Condition.GOOD
                    if os.path.lexists(part) and os.path.samestat(os.fstat(file.fileno()), os.lstat(part)):
                        return self._fill(file, part, sha256, size)
        except FileNotFoundError:
            self._there.pop(sha256, None)
            self._membership.confirm()
            part.unlink(missing_ok=True)
            return Condition.MISSING
        except OSError as error:
            raise disk_error(error, part) from error

    def _fill(self, file: BufferedRandom, part: Path, sha256: str, size: int) -> Condition:
        had = os.fstat(file.fileno()).st_size
        found = self._download(file, sha256, size)
        if found.sha256 != sha256 and had:  # what was left of an earlier try may itself be bad
            file.truncate(0)
            found = self._download(file, sha256, size)
        if found.sha256 != sha256:
            file.truncate(0)
            again = self._download(file, sha256, size)
            condition = self._condemned(sha256, found, again)
            if condition is not Condition.GOOD:
                part.unlink(missing_ok=True)
                return condition
        self._good_reads += 1
        os.fsync(file.fileno())
        if os.name == "nt":
            file.close()  # Windows renames nothing that is open
        super().place(Sealed(part, sha256, size))
        return Condition.GOOD

    def _condemned(self, sha256: str, first: _Read, second: _Read) -> Condition:
        """What two reads of an object say of it: that it is bad takes both, and the store's own word where it has one.

        Where it has none, a machine that reads most of what it asks for wrongly says more about itself.
        """
        if second.sha256 == sha256:
            return Condition.GOOD
        self._bad_reads += 1
        if first != second:
            return Condition.UNCERTAIN
        told = self.bucket.checksum(sha256)
        if told is not None:
            return Condition.CORRUPT if told == second.md5 else Condition.UNCERTAIN
        if self._bad_reads >= SUSPICIOUS and self._bad_reads > self._good_reads:
            return Condition.UNCERTAIN
        return Condition.CORRUPT

    def _download(self, file: BufferedRandom, sha256: str, size: int) -> _Read:
        """Bring the part to its full length; what it hashes to then. What has come stays if the rest does not."""
        digest, second = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        file.seek(0)
        while piece := file.read(CHUNK):
            digest.update(piece)
            second.update(piece)
        for left in range(TRIES - 1, -1, -1):
            try:
                for piece in self.bucket.read(sha256, file.tell()) if file.tell() < size else ():
                    file.write(piece)
                    file.flush()
                    digest.update(piece)
                    second.update(piece)
                    if file.tell() > size:
                        break
                break
            except StoreError:
                if not left:
                    raise
        return _Read(file.tell(), digest.hexdigest(), second.hexdigest())


@dataclass(frozen=True)
class _Read:
    """What came of reading an object to its end, or to one piece past its length."""

    size: int
    sha256: str
    md5: str
