"""What applicants agreed to, as other features ask for it."""

from tenants.cases import models, rules


def takes_text_messages(number: str) -> bool:
    """Tell whether the applicant of a case may be sent text messages about it (one statement)."""
    listed = models.Case.objects.filter(number=number).values_list("consents", flat=True).first()
    return rules.may_use(rules.read_consents(listed or ()), rules.ConsentKind.TEXT_MESSAGES)
