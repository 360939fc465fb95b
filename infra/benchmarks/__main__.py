"""``infra/bench NAME``: run one benchmark; each prints ratios taken side by side in one run."""

import importlib
import sys
from pathlib import Path

_NOT_BENCHMARKS = {
    *("__main__", "case_rows", "catalog_rows", "measuring", "replaying", "stock_settings"),
    "throwaway",
}


def main() -> None:
    """Run the benchmark that is named, or list what there is."""
    names = sorted({p.stem for p in Path(__file__).parent.glob("*.py")} - _NOT_BENCHMARKS)
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.exit(f"infra/bench NAME …, where NAME is one of: {', '.join(names)}")
    importlib.import_module(f"infra.benchmarks.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
