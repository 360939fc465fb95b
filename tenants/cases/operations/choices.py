"""Which variant of a matter is applied for, and what was answered to its questions."""

from collections.abc import Mapping, Sequence

from tenants.cases import errors, rules
from tongban.catalog import errors as catalog_errors
from tongban.catalog.rules import guide
from tongban.catalog.rules.content import Question
from tongban.catalog.rules.guide import ChoiceError
from tongban.catalog.rules.snapshot import OfferingSnapshot


def choose(
    offering: OfferingSnapshot,
    *,
    variant: str,
    answers: Sequence[rules.GuideAnswer],
    is_draft: bool = False,
) -> OfferingSnapshot:
    """Return the offering under what was chosen; only a draft may leave something open.

    Raises: ChoiceInvalidError, VariantRequiredError, QuestionOpenError.
    """
    try:
        given = guide.answers_of((answer.question, answer.option) for answer in answers)
        chosen = offering.with_choice(variant=variant, answers=given)
    except ChoiceError as error:
        raise catalog_errors.ChoiceInvalidError(
            path=_place(error, answers), field=error.field, reason=error.reason, found=error.found
        ) from None
    if not is_draft:
        _require_complete(chosen)
    return chosen


def choose_again(
    offering: OfferingSnapshot,
    former: OfferingSnapshot,
    *,
    variant: str | None,
    answers: Sequence[rules.GuideAnswer] | None,
) -> OfferingSnapshot:
    """Return the offering under the choice made of a former one, or where it is given another.

    Of former answers those go on to hold whose question is still asked and whose option is still
    offered. Raises: as ``choose``.
    """
    content = offering.content
    serial = variant if variant is not None else former.variant if content.variants else ""
    if answers is not None:
        return choose(offering, variant=serial, answers=answers)
    return choose(
        offering,
        variant=serial,
        answers=[
            rules.GuideAnswer(question, option)
            for question, option in _standing(offering, serial, dict(former.answers)).items()
        ],
    )


def _standing(
    offering: OfferingSnapshot, variant: str, answers: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the answers that still answer something, under a variant."""
    options = {
        question.code: {option.code for option in question.options}
        for question in offering.content.questions
    }
    kept = {code: option for code, option in answers.items() if option in options.get(code, ())}
    while kept:
        try:
            offering.with_choice(variant=variant, answers=kept)
        except ChoiceError as error:
            # An answer fewer may leave others unasked, so they are tried once more.
            if kept.pop(error.found, None) is None:
                return kept
        else:
            return kept
    return kept


def _place(error: ChoiceError, answers: Sequence[rules.GuideAnswer]) -> tuple[str | int, ...]:
    """Return where in the input the fault lies: of a question's answers, the last that names it."""
    if error.field != "answers":
        return (error.field,)
    part = "option" if error.reason == "UNKNOWN_OPTION" else "question"
    places = [n for n, answer in enumerate(answers) if getattr(answer, part)[:40] == error.found]
    return ("answers", places[-1], part) if places else ("answers",)


def _require_complete(chosen: OfferingSnapshot) -> None:
    found = chosen.guide
    if found.needs_variant:
        variants = chosen.content.variants
        raise errors.VariantRequiredError(
            path=("variant",),
            variants=[variant.serial for variant in variants],
            names="、".join(f"{variant.serial} {variant.name}" for variant in variants),
        )
    if found.open_questions:
        raise errors.QuestionOpenError(
            path=("answers",),
            questions=[_asked(question) for question in found.open_questions],
            names="；".join(question.text for question in found.open_questions),
        )


def _asked(question: Question) -> dict[str, object]:
    """Return a question as a program shows it to be answered."""
    return {
        "code": question.code,
        "text": question.text,
        "options": [{"code": each.code, "text": each.text} for each in question.options],
    }
