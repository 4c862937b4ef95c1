"""`python -m tests.storm --seeds "1 2 3"`: storms, one after another. Exits with 1 when one went wrong."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import sys
from pathlib import Path

from tests.storm.run import Storm, seeds_of
from tests.storm.scale import SIZES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--seeds", default=os.environ.get("STORM_SEED", ""), help="such as 1 2 3, or 1-20")
    parser.add_argument(
        "--database", default=os.environ.get("DATABASE_URL", ""), help="a server's URL; without one, SQLite"
    )
    parser.add_argument("--workers", type=int, default=1, help="how many worker processes")
    parser.add_argument("--size", choices=SIZES, default="full", help="how much happens")
    parser.add_argument("--keep", type=Path, help="a folder for the programs' logs")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the programs end as well
    seeds = list(seeds_of(asked.seeds)) or [secrets.randbelow(10**6)]
    wrong = []
    for seed in seeds:
        say(f"storm of seed {seed} begins")
        storm = Storm(seed, SIZES[asked.size], server_url=asked.database, workers=asked.workers)
        outcome = storm.run(asked.keep / str(seed) if asked.keep else None)
        say(str(outcome))
        if outcome.differences:
            wrong.append(seed)
    say(f"{len(seeds) - len(wrong)} of {len(seeds)} storms ended well." + (f" Not: {wrong}" if wrong else ""))
    return 1 if wrong else 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
