"""Instrument files with lines taken out, doubled, cut short or filled with something else. The same seed gives the same ones."""

from __future__ import annotations

from random import Random

FILLINGS = (
    "[]", "{}", "null", "true", "-1", "0.5", "1e999", "''", "\u202e", "x" * 3_000, "{{7*7}}", "<script>alert(1)</script>", "9" * 24, "[[[]]]", "{a: b}", "2026-13-45",
    "!!python/object/apply:os.system [id]", "&a [*a]", "*a",
)  # fmt: skip


def spoiled(text: str, random: Random) -> str:
    """A file with one to three faults."""
    lines = text.split("\n")
    for _ in range(random.randint(1, 3)):
        place, kind = random.randrange(len(lines)), random.random()
        if kind < 0.2:
            del lines[place]
        elif kind < 0.3:
            lines.insert(place, random.choice(lines))
        elif kind < 0.8 and ":" in lines[place]:
            lines[place] = f"{lines[place].partition(':')[0]}: {random.choice(FILLINGS)}"
        elif kind < 0.9:
            lines[place] = lines[place][: random.randrange(len(lines[place]) + 1)]
        else:
            lines[place] = lines[place].replace("present", random.choice(FILLINGS))
    return "\n".join(lines)
