"""Splitting an amount so that the parts add up to it again."""

from __future__ import annotations

from collections.abc import Sequence


def prorate(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` split in proportion to `weights` by largest remainder; all in whole smallest units.

    Each share is rounded down, and the units left over go to the largest remainders; between equal
    remainders to whoever stands first. The shares add up to `amount`, and those of -amount are the same
    with the opposite sign. Weights of both signs keep theirs, unless `amount` exceeds their sum: then the
    proportions are those of their absolute values, because a small sum of large opposites would blow the
    shares up beyond all measure. ValueError where every weight is zero and the amount is not.
    """
    if abs(amount) > abs(sum(weights)):
        weights = [abs(weight) for weight in weights]
    whole = sum(weights)
    if whole == 0:
        if amount:
            raise ValueError("nothing to prorate over")
        return [0] * len(weights)
    if whole < 0:
        whole, weights = -whole, [-weight for weight in weights]
    split = [divmod(abs(amount) * weight, whole) for weight in weights]
    shares = [share for share, _ in split]
    left_over = abs(amount) - sum(shares)
    by_remainder = sorted(range(len(split)), key=lambda index: -split[index][1])
    for index in by_remainder[:left_over]:
        shares[index] += 1
    return shares if amount >= 0 else [-share for share in shares]
