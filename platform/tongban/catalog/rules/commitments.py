"""告知承诺: what an applicant is told who commits in writing instead of proving.

What is to be proven and on what basis, that a commitment may stand for it, that it is verified, and
what follows from an untrue one (国办发〔2020〕42号, 三（二）).
"""

from tongban.catalog.rules.content import Material, MatterContent


def notice(content: MatterContent, material: Material) -> str | None:
    """Return what is told before committing; None where the material can't be committed to."""
    if not material.commitment:
        return None
    law = ""
    if material.basis is not None:
        basis = content.legal_bases[material.basis]
        law = f"根据《{basis.statute}》{basis.article}，"
    proven = material.acceptance.rstrip("。") or f"“{material.name}”所证明的情况"
    return (
        f"一、证明义务：{law}申请“{content.name}”应当提交“{material.name}”。"
        f"二、证明内容：{proven}。"
        "三、承诺方式：申请人可以书面承诺代替该材料，承诺后无需提交。"
        "四、核查：行政机关将在规定期限内核查承诺是否属实，需要申请人配合的，申请人应当配合。"
        "五、不实承诺的法律责任：承诺不属实的，行政机关将依法终止办理、责令限期整改、"
        "撤销行政决定或者予以行政处罚；整改之前，申请人不再适用告知承诺。"
    )
