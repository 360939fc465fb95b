"""``infra/bench catalog [MATTERS]``: what the catalog costs its readers, beside the plain SQL.

Search first, then a guide made anew, a kept answer and a 304; each by itself is ``searching`` and
``reading``.
"""

from collections.abc import Sequence

from infra.benchmarks import reading, searching


def main(arguments: Sequence[str]) -> None:
    """Run both benchmarks, one after the other, each on a server of its own."""
    searching.main(arguments)
    reading.main(arguments)
