"""What this process has answered so far, in the text form that Prometheus reads."""

import os
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
"""Upper bounds of the histogram of answer times, in seconds."""


class Measures:
    """Counters of one process; every process shows its own, told apart by its id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self._codes: Counter[str] = Counter()

    def observe(self, seconds: float, codes: Iterable[str]) -> None:
        """Count one answer, the time it took and the codes of its top-level errors."""
        with self._lock:
            self._times[bisect_left(BOUNDS, seconds)] += 1
            self._seconds += seconds
            self._codes.update(codes)

    def lines(self) -> Iterator[str]:
        """Yield the counters as Prometheus text."""
        with self._lock:
            times, seconds, codes = list(self._times), self._seconds, dict(self._codes)
        process = str(os.getpid())
        yield "# TYPE tongban_answer_seconds histogram"
        total = 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), times, strict=True):
            total += count
            yield line("tongban_answer_seconds_bucket", total, process=process, le=bound)
        yield line("tongban_answer_seconds_sum", round(seconds, 6), process=process)
        yield line("tongban_answer_seconds_count", total, process=process)
        yield "# TYPE tongban_errors_total counter"
        for code, count in sorted(codes.items()):
            yield line("tongban_errors_total", count, process=process, code=code)


def line(name: str, value: float, **labels: str) -> str:
    """Return one sample; labels hold no quotes, line ends or backslashes."""
    shown = ",".join(f'{label}="{text}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {value}" if shown else f"{name} {value}"


def gauges(name: str, values: Mapping[str, float], *, label: str) -> Iterator[str]:
    """Yield one gauge with a sample per value of its label."""
    yield f"# TYPE {name} gauge"
    for text, value in sorted(values.items()):
        yield line(name, value, **{label: text})


measures: Final = Measures()
