"""What every benchmark shares: figures of several rounds, and ratios taken round by round."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

ROUNDS = 5
console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """What one side did in each round, in one unit."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        """Return the figure of the rounds' values."""
        return cls(tuple(values))

    def __truediv__(self, other: "Figure") -> "Figure":
        """Return the ratio, round by round: each pair ran side by side."""
        return Figure(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.values):.2f}-{max(self.values):.2f})"


def show_goal(name: str, ratio: Figure, goal: float) -> None:
    """Print a ratio beside its goal, and whether its median reaches it."""
    mark = "[green]reached[/]" if ratio.median >= goal else "[red]missed[/]"
    console.print(f"{name:<52} {ratio!s:>24}   goal ≥ {goal:g}: {mark}")
