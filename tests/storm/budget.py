"""How many calls a storm may cost, and whether our own count of them is right."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from betterform.monday.sandbox import World
from betterform.monday.sandbox.calls import Call
from tests.storm.scale import Scale

A_DEAL, AN_ISSUE, A_CHANGE = 2, 3, 2
# A deal that is renamed, linked, archived or restored is read once more; about three in ten are.
FIDDLED = 0.4
# Whatever met trouble is asked again, and a write whose answer was lost is looked up first.
A_TROUBLE = 2
# What four threads may have been at when they were killed is done again, after a look.
A_KILL = 12
# Calls without an answer are counted here to be on the safe side; monday may not have seen them.
COUNTING = Decimal("0.05")
# Operations of the periodic readings: they cost the same however much is going on.
READINGS = ("items_page", "next_items_page")


@dataclass
class Budget:
    """`counted` is what our own count says, `changes` how many changes people made on the boards."""

    world: World
    scale: Scale
    kills: int
    counted: Decimal
    changes: int
    before: float = 0.0  # what monday had counted when the storm began

    def __str__(self) -> str:
        return (
            f"{len(self.calls)} calls of {self.allowed} allowed, {len(self.readings)} to read boards, "
            f"we counted {self.counted} and monday {self.known}"
        )

    @property
    def known(self) -> Decimal:
        """What monday has counted since, also over midnight."""
        return Decimal(str(round(self.world.turnstile.used_in_all - self.before, 1)))

    @property
    def readings(self) -> list[Call]:
        return [call for call in self.world.calls if _reads_a_board(call)]

    @property
    def calls(self) -> list[Call]:
        """All others."""
        return [call for call in self.world.calls if not _reads_a_board(call)]

    @property
    def allowed(self) -> int:
        scale = self.scale
        work = A_DEAL * scale.deals + AN_ISSUE * scale.issued + A_CHANGE * scale.changes
        troubled = sum(1 for call in self.calls if call.trouble or call.errors)
        return round(work + FIDDLED * scale.deals) + A_TROUBLE * troubled + A_KILL * self.kills

    def differences(self) -> list[str]:
        """Where more was spent than allowed, or counted otherwise than monday counts."""
        found = []
        if len(self.calls) > self.allowed:
            found.append(f"{len(self.calls)} calls were made, {self.allowed} are allowed")
        # Killed processes take calls with them that were not written down yet.
        tolerance = A_KILL * self.kills + COUNTING * len(self.world.calls)
        if abs(self.counted - self.known) > tolerance:
            found.append(f"we counted {self.counted} calls, monday {self.known}")
        return found


def _reads_a_board(call: Call) -> bool:
    return (
        call.name in ("FirstPage", "NextPage")
        or any(name in READINGS for name in call.operations)
        or ("items_page" in call.query and call.kind == "query" and "by_column" not in call.query)
    )
