"""What the papers of commitments say: what was told and committed to, and what ends on it."""

from collections.abc import Sequence

from tenants.cases import models, rules
from tenants.cases.adapters import wording
from tenants.cases.adapters.document import Body, Grid
from tongban.catalog.rules import snapshot

_DECLARED = (
    "申请人已经知晓下列告知内容，自愿作出承诺：所承诺的情况真实、合法、有效，符合告知的条件和要求；"
    "同意并配合核查；愿意承担不实承诺的法律责任。"
)


def commitment(case: models.Case, commitments: Sequence[rules.Commitment]) -> Body:
    """Return the body of the paper of commitments that were made at once (国办发〔2020〕42号)."""
    offering = snapshot.read_snapshot(case.offering)
    rows = [(str(place), each.name, each.notice) for place, each in enumerate(commitments, start=1)]
    return Body(
        rows=[
            *wording.facts(case, offering),
            ("承诺内容", _DECLARED),
            ("作出方式", _manner(commitments[0])),
        ],
        grids=[
            Grid(
                title="以承诺代替的材料和告知内容",
                columns=(("序号", 0.8), ("材料名称", 2.4), ("告知内容", 7)),
                rows=rows,
            )
        ],
        notes=[_confirmed(commitments[0]), wording.contact(offering)],
    )


def _manner(made: rules.Commitment) -> str:
    said = made.entered_by
    if said is None:
        return "申请人实名登录后作出"
    number = f"（{said['staff_number']}）" if said["staff_number"] else ""
    return f"申请人当面作出，{said['name']}{number}录入"


def _confirmed(made: rules.Commitment) -> str:
    if made.entered_by is None:
        return "本承诺以实名登录确认，无需签字。"
    return "承诺人（签字或者盖章）：____________________　日期：____年____月____日"


def revocation(case: models.Case, *, approval: str) -> Body:
    """Return the body of a revocation (撤销决定书) of what the paper ``approval`` decided.

    With its reasons and remedies (行政许可法 69: interests that rested on it are not protected).
    """
    offering = snapshot.read_snapshot(case.offering)
    said = (case.decision or {})["revocation"]
    is_permit = wording.is_permit(offering)
    law = "根据《中华人民共和国行政许可法》第六十九条，" if is_permit else ""
    decided = wording.day(case.decided_at) if case.decided_at else ""
    broken = [each for each in rules.read_commitments(case.commitments) if each.is_ground]
    result = (case.result or {}).get("paper", "")
    rows = [
        *wording.facts(case, offering),
        ("原决定文书", approval),
        ("结果文书", result),
        ("撤销理由", said["text"]),
    ]
    return Body(
        opening=f"本机关于{decided}决定准予{wording.sought(offering)}，其中以承诺代替的材料经核查"
        f"不属实。{law}现决定撤销该准予决定。",
        rows=[(label, text) for label, text in rows if text],
        grids=[
            Grid(
                title="核查不属实的承诺",
                columns=(("序号", 0.8), ("材料名称", 3.4), ("核查情况", 5)),
                rows=[(str(n), each.name, each.reason) for n, each in enumerate(broken, start=1)],
            )
        ],
        notes=[
            "原准予决定和据此颁发的结果文书自撤销之日起失效，请交回；基于该决定取得的利益不受保护。",
            rules.read_remedies(said).text,
            wording.contact(offering),
        ],
    )
