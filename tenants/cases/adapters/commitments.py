"""What the paper of a commitment says (告知承诺书): what was told, and what was committed to."""

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
