"""What the embedded installation shows: centers of two cities, a catalog, people of every kind."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

DAY = "2021-12-31"
"""The divisions of that day: 德州's three districts stood side by side."""

CENTERS = (
    "371400",  # 德州市
    "371402", "371402001", "371402002",  # 德城区 with 新湖街道 and 新华街道
    "371425", "371425001", "371425102",  # 齐河县 with 晏城街道 and 焦庙镇
    "371471", "371471007", "371471008",  # 德州经济技术开发区 with 长河街道 and 宋官屯街道
    "371472",  # 德州运河经济开发区
    "371700",  # 菏泽市
    "371722", "371722101", "371722103",  # 单县 with 郭村镇 and 终兴镇
)  # fmt: skip

WHOLE = (
    ("371400", "--counties", "--townships"),
    ("371700",),
    ("371722", "--townships"),
)
"""All of 德州, and 单县 with its city: 173 centers."""

DISTRICTS = ("371402", "371471", "371472")
JOINT_MATTERS = (
    "370110100101",  # 企业设立登记
    "370110100102",  # 企业变更登记
    "370110100103",  # 企业注销登记
    "370110100401",  # 食品经营许可
)
"""同城办理: what 德州 handles for its three districts; a marriage registration stays with them."""

Step = tuple[str, tuple[str, ...]]


def steps(*, whole: bool, ready_codes: Callable[[], Sequence[str]]) -> Iterator[Step]:
    """Yield (what an operator reads, command), each safe to run again.

    ``ready_codes`` is asked once the centers stand.
    """
    yield "装载标准目录", ("catalog", "starter")
    for request in WHOLE if whole else (CENTERS,):
        yield f"接入政务服务中心 {request[0]} 等", ("onboard", *request, "--as-of", DAY)
    # Centers of an earlier start do not have yet what the catalog has gained since.
    yield "开通各中心实施清单", ("catalog", "open", *ready_codes())
    yield (
        "登记同城办理",
        (
            "delegate", *DISTRICTS, "--to", "371400", "--matters", *JOINT_MATTERS,
            "--since", DAY,
        ),
    )  # fmt: skip
    yield "准备演示人员", ("demonstrate",)
    yield "开设演示窗口", ("furnish_hall",)


def digest(project: Path, *, whole: bool) -> str:
    """Return a digest of all that the prepared database follows from."""
    digest = hashlib.sha256(str(whole).encode())
    folders = (project / "platform", project / "tenants")
    for path in sorted(p for folder in folders for p in folder.rglob("*")):
        if path.suffix in {".py", ".csv", ".json"}:
            digest.update(str(path.relative_to(project)).encode() + path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()
