"""一次告知: what an applicant must bring, exactly, given the variant and the answers.

An element (material or condition) applies when its variants include the chosen one and every
answer that it asks for is given; it is undecided while a question that it depends on is open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tongban.catalog.rules.content import (
    Answered,
    Condition,
    Limit,
    Material,
    MatterContent,
    Question,
    Variant,
)


class ChoiceError(ValueError):
    """A choice that the matter doesn't offer: ``field`` says where, ``reason`` is a stable code."""

    def __init__(self, field: str, reason: str, found: str) -> None:
        self.field = field
        """``variant`` or ``answers``."""
        self.reason = reason
        """``UNKNOWN_VARIANT``, ``UNKNOWN_QUESTION``, ``UNKNOWN_OPTION``, ``NOT_ASKED`` or
        ``ANSWERED_TWICE``."""
        self.found = found[:40]
        super().__init__(f"{field}: {reason} {self.found}")


@dataclass(frozen=True, slots=True)
class Guide:
    """What applies for certain, and what is still to be asked before the rest is known."""

    variant: Variant | None
    needs_variant: bool
    """Whether one of the variants must be chosen first."""
    materials: tuple[Material, ...]
    conditions: tuple[Condition, ...]
    undecided_materials: tuple[Material, ...]
    undecided_conditions: tuple[Condition, ...]
    open_questions: tuple[Question, ...]
    """The questions to put now, in order; answering them may raise others."""
    promised_limit: Limit | None
    """The standard's promise for this variant."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing remains to be chosen or answered."""
        return not (self.needs_variant or self.open_questions or self.undecided_materials)


def choose(
    content: MatterContent, *, variant: str = "", answers: Mapping[str, str] | None = None
) -> Guide:
    """Return what applies for a variant (its serial; empty: none chosen) and answers.

    ``answers`` maps codes of questions to codes of options. Raises: ChoiceError.
    """
    given = answers or {}
    chosen = _variant(content, variant)
    needs_variant = bool(content.variants) and chosen is None
    choice = _Choice(chosen, needs_variant, given, {})
    for question in content.questions:
        choice.arises[question.code] = choice.applies(question)
    _refuse_unasked(content, choice)
    return Guide(
        variant=chosen,
        needs_variant=needs_variant,
        materials=tuple(m for m in content.materials if choice.applies(m)),
        conditions=tuple(c for c in content.conditions if choice.applies(c)),
        undecided_materials=tuple(m for m in content.materials if choice.applies(m) is None),
        undecided_conditions=tuple(c for c in content.conditions if choice.applies(c) is None),
        open_questions=tuple(
            q for q in content.questions if choice.arises[q.code] and q.code not in given
        ),
        promised_limit=(chosen and chosen.promised_limit) or content.promised_limit,
    )


def can_apply(content: MatterContent, element: Material | Condition | Question) -> bool:
    """Tell whether any variant and answers let an element of a consistent content apply.

    What it asks for, with all that the questions ask for on which it hangs, must agree.
    """
    questions = {question.code: question for question in content.questions}
    serials = {variant.serial for variant in content.variants}
    allowed: dict[str, set[str]] = {}
    hangs_on = [element]
    while hangs_on:
        each = hangs_on.pop()
        if each.variants:
            serials &= set(each.variants)
        for answered in each.when:
            if answered.question not in allowed:
                allowed[answered.question] = set(answered.options)
                hangs_on.append(questions[answered.question])
            allowed[answered.question] &= set(answered.options)
    return all(allowed.values()) and bool(serials or not content.variants)


def answers_of(given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return answers, which come as pairs of question and option, by question.

    Raises: ChoiceError for a question that is answered twice.
    """
    answers: dict[str, str] = {}
    for question, option in given:
        if question in answers:
            raise ChoiceError("answers", "ANSWERED_TWICE", question)
        answers[question] = option
    return answers


def _variant(content: MatterContent, serial: str) -> Variant | None:
    if not serial:
        return None
    for variant in content.variants:
        if variant.serial == serial:
            return variant
    raise ChoiceError("variant", "UNKNOWN_VARIANT", serial)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen and answered, and which questions arise from it so far."""

    variant: Variant | None
    needs_variant: bool
    answers: Mapping[str, str]
    arises: dict[str, bool | None]
    """By the question's code; None while that depends on what is not chosen yet."""

    def applies(self, element: Material | Condition | Question) -> bool | None:
        """Tell whether an element applies; None while that depends on what is not chosen yet."""
        undecided = bool(element.variants) and self.needs_variant
        if element.variants and self.variant and self.variant.serial not in element.variants:
            return False
        for answered in element.when:
            holds = self._holds(answered)
            if holds is False:
                return False
            undecided = undecided or holds is None
        return None if undecided else True

    def _holds(self, answered: Answered) -> bool | None:
        arises = self.arises.get(answered.question, False)
        if arises is False:
            return False
        given = self.answers.get(answered.question)
        return None if given is None else given in answered.options


def _refuse_unasked(content: MatterContent, choice: _Choice) -> None:
    questions = {question.code: question for question in content.questions}
    for code, option in choice.answers.items():
        if code not in questions:
            raise ChoiceError("answers", "UNKNOWN_QUESTION", code)
        if not choice.arises[code]:
            raise ChoiceError("answers", "NOT_ASKED", code)
        if option not in {each.code for each in questions[code].options}:
            raise ChoiceError("answers", "UNKNOWN_OPTION", option)
