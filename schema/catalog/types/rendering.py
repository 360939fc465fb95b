"""From the elements of a revision to what the API shows of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from schema.catalog.types.elements import (
    AnswerCondition,
    FeeItem,
    FeeWaiver,
    IntermediaryService,
    LegalBasis,
    MatterCondition,
    MatterResult,
    Precondition,
    RequiredMaterial,
    SpecialProcedure,
    TimeLimit,
)
from schema.catalog.types.files import CatalogFile
from tongban.catalog import models, queries
from tongban.catalog.rules import attachments, commitments
from tongban.catalog.rules import content as contents
from tongban.catalog.rules.attachments import AttachmentKind, AttachmentPlace
from tongban.catalog.states import IN_FORCE_ONCE


@dataclass(frozen=True)
class Rendering:
    """One revision of a matter, whose elements name legal bases and files of their own."""

    revision: models.MatterRevision

    @cached_property
    def content(self) -> contents.MatterContent:
        """The content, read only when a field needs it: lists of names and codes don't."""
        return self.revision.read()

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return queries.precondition_names(self.revision)

    def basis(self, place: int | None) -> LegalBasis | None:
        """Return the legal basis at a place of the content's list."""
        return None if place is None else LegalBasis.of(self.content.legal_bases[place])

    def conditions(self, conditions: Iterable[contents.Condition]) -> list[MatterCondition]:
        """Return conditions of the content as the API shows them."""
        return [
            MatterCondition(
                text=condition.text,
                legal_basis=self.basis(condition.basis),
                variants=list(condition.variants),
                when=AnswerCondition.each(condition.when),
            )
            for condition in conditions
        ]

    def materials(self, materials: Iterable[contents.Material]) -> list[RequiredMaterial]:
        """Return materials of the content as the API shows them."""
        return [self._material(material) for material in materials]

    def _material(self, material: contents.Material) -> RequiredMaterial:
        return RequiredMaterial(
            code=material.code,
            name=material.name,
            kind=material.kind,
            necessity=material.necessity,
            source=material.source,
            issued_by=material.issued_by,
            copies=material.copies,
            size=material.size,
            note=material.note,
            acceptance=material.acceptance,
            commitment=material.commitment,
            commitment_notice=commitments.notice(self.content, material),
            blank_form=self._file(
                material.blank_form, AttachmentKind.BLANK_FORM, material=material.code
            ),
            sample=self._file(material.sample, AttachmentKind.SAMPLE, material=material.code),
            legal_basis=self.basis(material.basis),
            variants=list(material.variants),
            when=AnswerCondition.each(material.when),
        )

    def file_at(self, kind: AttachmentKind, material: str = "") -> CatalogFile | None:
        """Return the file at a place of the content, None where there is none."""
        return self._file(attachments.attached(self.content, kind, material), kind, material)

    def _file(
        self, file: contents.StoredFile | None, kind: AttachmentKind, material: str = ""
    ) -> CatalogFile | None:
        place = AttachmentPlace(self.revision.matter_id, self.revision.number, kind, material)
        return CatalogFile.of(file, place, is_public=self.revision.status in IN_FORCE_ONCE)

    def fees(self) -> list[FeeItem]:
        """Return what is charged."""
        return [
            FeeItem(
                name=item.name,
                standard=item.standard,
                amount=item.amount,
                legal_basis=self.basis(item.basis),
            )
            for item in self.content.fee.items
        ]

    def fee_waivers(self) -> list[FeeWaiver]:
        """Return who pays less or nothing."""
        return [
            FeeWaiver(text=waiver.text, legal_basis=self.basis(waiver.basis))
            for waiver in self.content.fee.waivers
        ]

    def special_procedures(self) -> list[SpecialProcedure]:
        """Return the special procedures."""
        return [
            SpecialProcedure(
                kind=procedure.kind,
                name=procedure.name,
                limit=TimeLimit.of_any(procedure.limit),
                legal_basis=self.basis(procedure.basis),
            )
            for procedure in self.content.special_procedures
        ]

    def intermediary_services(self) -> list[IntermediaryService]:
        """Return what the applicant has to buy beforehand."""
        return [
            IntermediaryService(name=service.name, legal_basis=self.basis(service.basis))
            for service in self.content.intermediary_services
        ]

    def preconditions(self) -> list[Precondition]:
        """Return the matters that come before this one, with their names."""
        return [
            Precondition(code=code, name=self._names.get(code, ""))
            for code in self.content.preconditions
        ]

    def result(self) -> MatterResult | None:
        """Return what the applicant gets; a draft may not say yet."""
        result = self.content.result
        if result is None:
            return None
        return MatterResult(
            name=result.name,
            kind=result.kind,
            sample=self._file(result.sample, AttachmentKind.RESULT_SAMPLE),
        )
