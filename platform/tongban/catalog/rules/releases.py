"""What a release does to the centers of its tree, in words."""

LONGEST = 200
SUFFIX = "（第{}号发布）"


def closed_for(title: str, number: int) -> str:
    """Return why a center offers a matter no longer, as its offering keeps it."""
    suffix = SUFFIX.format(number)
    return f"{title[: LONGEST - len(suffix)]}{suffix}"
