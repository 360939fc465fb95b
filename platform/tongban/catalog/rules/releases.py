"""What a release does to the centers of its tree, in words."""

_LONGEST = 200


def closed_for(title: str, number: int) -> str:
    """Return why a center offers a matter no longer, as its offering keeps it."""
    suffix = f"（第{number}号发布）"
    return f"{title[: _LONGEST - len(suffix)]}{suffix}"
