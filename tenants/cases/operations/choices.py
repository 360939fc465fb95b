"""Which variant of a matter is applied for, and what was answered to its questions."""

from collections.abc import Mapping, Sequence

from tenants.cases import errors, rules
from tongban.catalog.rules.content import MatterContent, Question
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

    Raises: VariantUnknownError, QuestionUnknownError, QuestionNotAskedError, OptionUnknownError,
    QuestionAnsweredTwiceError, VariantRequiredError, QuestionOpenError.
    """
    given = _given(answers)
    try:
        chosen = offering.with_choice(variant=variant, answers=given)
    except ChoiceError as error:
        raise _refusal(offering.content, error, answers) from None
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


def _given(answers: Sequence[rules.GuideAnswer]) -> dict[str, str]:
    given: dict[str, str] = {}
    for place, answer in enumerate(answers):
        if answer.question in given:
            raise errors.QuestionAnsweredTwiceError(
                path=("answers", place, "question"), question=answer.question[:40]
            )
        given[answer.question] = answer.option
    return given


def _refusal(
    content: MatterContent, error: ChoiceError, answers: Sequence[rules.GuideAnswer]
) -> Exception:
    if error.reason == "UNKNOWN_VARIANT":
        return errors.VariantUnknownError(path=("variant",), variant=error.found)
    if error.reason == "UNKNOWN_OPTION":
        return _unknown_option(content, answers)
    place = next(n for n, answer in enumerate(answers) if answer.question[:40] == error.found)
    path = ("answers", place, "question")
    if error.reason == "UNKNOWN_QUESTION":
        return errors.QuestionUnknownError(path=path, question=error.found)
    (question,) = (each for each in content.questions if each.code == error.found)
    return errors.QuestionNotAskedError(path=path, question=question.code, text=question.text)


def _unknown_option(content: MatterContent, answers: Sequence[rules.GuideAnswer]) -> Exception:
    by_code = {question.code: question for question in content.questions}
    for place, answer in enumerate(answers):
        question = by_code.get(answer.question)
        if question and answer.option not in {option.code for option in question.options}:
            return errors.OptionUnknownError(
                path=("answers", place, "option"),
                question=question.code,
                text=question.text,
                option=answer.option[:40],
            )
    raise LookupError("every option is one that its question offers")


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
