"""Every root field of the API, asked in one center with everything that a neighbour has.

The requests come from the executable schema: each argument that can name a thing names each of
the neighbour's in turn. Nothing of the neighbour may be shown, and no row of it may change.
"""

import dataclasses
import json
from typing import Any

import pytest
from django.db import connection, transaction

from schema.cases.types import case as case_type
from schema.rates import buckets
from tenants.cases.models import Case
from tests import database, people
from tests.graphql.client import headers_of, send
from tests.isolation import documents, neighbours, tables
from tests.isolation.documents import Request, Root, requests
from tests.isolation.neighbours import (
    COUNTY,
    ELSEWHERE,
    HERE,
    ID_SERIAL,
    MARKS,
    NAME,
    NOW,
    PHONE,
    STATION,
    Neighbour,
)
from tongban.exchange import queries as exchange
from tongban.exchange.models import CaseIndexRow
from tongban.kernel import context, numbers
from tongban.kernel.context import center_context
from tongban.kernel.errors import CenterUnknownError
from tongban.kernel.models import Ledger

HIDDEN, PUBLIC, OWN, LISTED = "hidden", "public", "own", "listed"

RULES = {
    # Anybody may read the registry and the catalog; an offering is a public notice.
    **dict.fromkeys(("center", "centers", "divisions", "matters", "matter"), PUBLIC),
    **dict.fromkeys(("offerings", "offering", "explainRoute", "catalogVersion"), PUBLIC),
    # Figures of what is published, by anybody.
    **dict.fromkeys(("catalogMeasures", "centerMeasures", "reduction"), PUBLIC),
    # Published lists and standards of work are for everybody; drafts bear the mark.
    **dict.fromkeys(("directories", "directory", "directoryDifferences"), PUBLIC),
    **dict.fromkeys(("officialLists", "officialList", "officialListDifferences"), PUBLIC),
    **dict.fromkeys(("approvalsBalance", "workStandards", "workStandard"), PUBLIC),
    "standardsAcceptances": PUBLIC,
    # How the list of the center that was asked conforms.
    **dict.fromkeys(("conformity", "directoryAlarms", "conformitySummary"), LISTED),
    **dict.fromkeys(("draftDirectory", "publishDirectory", "discardDirectoryDraft"), HIDDEN),
    **dict.fromkeys(("draftOfficialList", "publishOfficialList"), HIDDEN),
    **dict.fromkeys(("discardOfficialListDraft", "publishWorkStandard"), HIDDEN),
    **dict.fromkeys(("recordAcceptance", "attachMaterialFile", "importCatalog"), HIDDEN),
    # Whoever has number and query code is told how far it has come: no personal data.
    "caseProgress": PUBLIC,
    # What is published of a matter and what released it; drafts bear the mark.
    **dict.fromkeys(("releases", "release", "revisionDifferences"), PUBLIC),
    **dict.fromkeys(("revisions", "cancelledPreconditions"), LISTED),
    **dict.fromkeys(("draftRevision", "discardDraft", "reviewRevision", "returnRevision"), HIDDEN),
    **dict.fromkeys(("publishRelease", "withdrawRelease", "cancelPrecondition"), HIDDEN),
    # About the caller, or made by the caller in the center that was asked.
    **dict.fromkeys(
        ("me", "myMembership", "myDepartment", "myItems", "submitCase", "appointMember"), OWN
    ),
    "myMessages": OWN,
    # What people ask about their own data, and the answer.
    "requestData": OWN,
    "dataRequests": LISTED,
    **dict.fromkeys(("answerDataRequest", "revealRequestedValue", "deletionPreview"), HIDDEN),
    "reserveProvisionalNumbers": OWN,
    **dict.fromkeys(("requestPhoneCode", "registerAccount"), OWN),
    **dict.fromkeys(("resetPassword", "verifyIdentity"), OWN),
    **dict.fromkeys(("changePassword", "startSecondFactor", "confirmSecondFactor"), OWN),
    **dict.fromkeys(("proveSecondFactor", "renewRecoveryCodes", "closeAccount"), OWN),
    # What a center asks of its staff is told to its staff.
    "signInTerms": LISTED,
    **dict.fromkeys(("setSignInTerms", "resetSecondFactor"), HIDDEN),
    # Closed rounds are read by anybody; the neighbour's is open.
    **dict.fromkeys(("round", "openRound", "decideMatter", "dropDecision", "closeRound"), HIDDEN),
    # Proposals are between a center and its issuer.
    **dict.fromkeys(("changeProposal", "proposeChange", "withdrawProposal"), HIDDEN),
    "answerProposal": HIDDEN,
    **dict.fromkeys(("rounds", "changeProposals"), LISTED),
    # What the center that was asked has, and nothing else.
    **dict.fromkeys(("staff", "handoffs", "cases"), LISTED),
    # The hall's board hangs in public; who posted, authorized and sealed does not.
    **dict.fromkeys(("organizations", "serviceAreas", "windows"), PUBLIC),
    **dict.fromkeys(("postings", "authorizationDeeds", "seals", "sealUses"), LISTED),
    # Another center may give its own entries the very codes of the neighbour's.
    **dict.fromkeys(("openDepartment", "editDepartment", "openWindow", "editWindow"), OWN),
    **dict.fromkeys(("openServiceArea", "editServiceArea"), OWN),
    **dict.fromkeys(("closeDepartment", "closeServiceArea", "closeWindow"), HIDDEN),
    **dict.fromkeys(("registerSeal", "handOverSeal", "retireSeal"), HIDDEN),
    **dict.fromkeys(("postMember", "endPosting", "grantDeed", "revokeDeed"), HIDDEN),
    **dict.fromkeys(("seatMember", "unseatMember"), HIDDEN),
    # Nothing: null, or a payload with errors and no object.
    **dict.fromkeys(("onboarding", "handoff", "case", "explainDue"), HIDDEN),
    **dict.fromkeys(("onboardCenters", "retryOnboarding", "suspendCenter", "resumeCenter"), HIDDEN),
    **dict.fromkeys(("grantPlatformRole", "revokePlatformRole", "editOffering"), HIDDEN),
    **dict.fromkeys(("changeMemberRoles", "endMembership"), HIDDEN),
    **dict.fromkeys(("offerHandoff", "acceptHandoff", "declineHandoff", "recallHandoff"), HIDDEN),
    **dict.fromkeys(("returnHandoff", "addMaterial", "issueNotice", "answerNotice"), HIDDEN),
    **dict.fromkeys(("acceptCase", "refuseCase", "startReview", "recordReview"), HIDDEN),
    **dict.fromkeys(("decideCase", "issueResult", "completeCase", "withdrawCase"), HIDDEN),
    **dict.fromkeys(("revealField", "rebaseCase", "settleDebt", "verifyCommitment"), HIDDEN),
    "revokeDecision": HIDDEN,
    **dict.fromkeys(("assessFee", "waiveFee", "recordPayment", "useSeal"), HIDDEN),
    **dict.fromkeys(("suspendCase", "resumeCase", "extendCase", "terminateCase"), HIDDEN),
    **dict.fromkeys(("disputeCompletion", "urgeCase", "replyUrging"), HIDDEN),
    **dict.fromkeys(("claimTask", "releaseTask", "reassignTask"), HIDDEN),
    "urgings": LISTED,
    # What everybody is told of their data, and what an applicant agreed to.
    "privacyNotice": PUBLIC,
    **dict.fromkeys(("withdrawConsent", "discardCase"), HIDDEN),
    **dict.fromkeys(("workQueue", "urgings"), LISTED),
    # A list as a file is for who asked for it; anybody in charge may ask for the own center's.
    **dict.fromkeys(("caseExport", "cancelCaseExport"), HIDDEN),
    "caseExports": LISTED,
    "exportCases": OWN,
    # What went wrong or was attempted, and the reply.
    "findings": LISTED,
    # A log is for the auditor of the center alone; it bears the marks of who acted there.
    "auditRecords": LISTED,
    "auditState": OWN,
    "replyFinding": HIDDEN,
    # How a case was rated, and what followed.
    **dict.fromkeys(("rateCase", "answerRectification", "appealRating", "decideAppeal"), HIDDEN),
    **dict.fromkeys(("ratings", "ratingSummary"), LISTED),
    # What a center told its applicants, and in which words.
    **dict.fromkeys(("messages", "messageTemplates"), LISTED),
    **dict.fromkeys(("markMessageRead", "retryMessage", "editMessageTemplate"), HIDDEN),
    # Under whose name papers go out stands on every one of them.
    "letterheads": PUBLIC,
    **dict.fromkeys(("setLetterhead", "editPaperWording"), HIDDEN),
    "paperWordings": LISTED,
    # When a hall is open hangs at its door.
    "officeTerms": PUBLIC,
    "setOfficeTerms": HIDDEN,
}
"""What each root field owes to somebody from elsewhere; a new field needs a line here."""

OF_APPLICANTS = {"markMessageRead"}
"""What finds its thing for nobody but the applicant whose it is."""

SHOWN_TO_ONESELF = {"appointMember": {"郗", "獬豸"}, "myItems": set(MARKS), "me": set(MARKS)}
"""An account's name is told to whoever appoints it; what is one's own is shown to oneself."""


@pytest.fixture
def neighbour(db):
    buckets.forget()
    settled = neighbours.settle()
    for root in documents.roots():
        if "after" in root.definition.args:
            settled.things[f"{root.name}.after"] = _cursor(root, settled)
    yield settled
    buckets.forget()


def _cursor(root: Root, neighbour: Neighbour) -> list[str]:
    """Return a cursor that the neighbour's own list gave, behind its first entry."""
    tokens = {
        "myItems": neighbour.applicant,
        "myMessages": neighbour.applicant,
        "staff": neighbour.administrator,
        "auditRecords": neighbour.registrar,
        **dict.fromkeys(("conformitySummary", "rounds", "changeProposals"), neighbour.registrar),
    }
    token = tokens.get(root.name, neighbour.official)
    _, shown = ask(next(requests(root, neighbour.things)), center=COUNTY, token=token)
    return [shown["edges"][0]["cursor"]]


def ask(request: Request, *, center: str | None, token: str | None) -> tuple[str, Any]:
    """Send a request and return the answer as text, and what stands under the root field."""
    buckets.forget()
    response = send(
        request.operations,
        center=center,
        files=request.files(),
        headers=headers_of(token=token),
        now=NOW,
    )
    text = response.content.decode()
    answer = json.loads(text)
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert not codes & {"INTERNAL", "TIMEOUT", "COST_LIMIT", "RATE_LIMITED", "BAD_REQUEST"}, text
    return text, (answer.get("data") or {}).get(request.root.name)


def is_hidden(shown: Any) -> bool:
    """Tell whether an answer holds no object: null, or a payload of errors and nothing else."""
    if not isinstance(shown, dict):
        return not shown
    return bool(shown.get("errors")) and not any(
        value for name, value in shown.items() if name != "errors"
    )


def violations(root: Root, shown: Any, text: str, neighbour: Neighbour) -> list[str]:
    """Return what an answer to a stranger tells and must not."""
    rule = RULES[root.name]
    forbidden = set(MARKS) - (SHOWN_TO_ONESELF.get(root.name, set()) if rule == OWN else set())
    if rule == LISTED:
        forbidden |= {*neighbour.things["number"], *neighbour.things["handoff"]}
    found = [f"{root.name} shows {mark}" for mark in sorted(forbidden) if mark in text]
    if rule == HIDDEN and not is_hidden(shown):
        found.append(f"{root.name} shows an object")
    return found


def examine(
    neighbour: Neighbour, who: str, token: str | None, center: str | None, *, all_things: bool
) -> list[str]:
    """Ask every root field as somebody and return what was shown or written wrongly."""
    faults = []
    before = tables.contents(COUNTY, STATION)
    for root in documents.roots():
        for request in requests(root, neighbour.things):
            text, shown = ask(request, center=center, token=token)
            faults += [
                f"{who}: {fault} for {request.said}: {text[:400]}"
                for fault in violations(root, shown, text, neighbour)
            ]
            if not all_things:
                break
        after = before if root.kind == "query" else tables.contents(COUNTY, STATION)
        faults += [
            f"{who}: {root.name} changed {table}"
            for table, digest in after.items()
            if digest != before.get(table)
        ]
        before = after
    return faults


def test_every_root_field_has_a_rule():
    assert {root.name for root in documents.roots()} == set(RULES)


def test_nobody_next_door_sees_or_changes_anything(neighbour):
    """An official with every role there names everything that the neighbour has; others less."""
    others = [code for code in database.CENTERS if code not in {HERE, COUNTY, STATION}]
    before = tables.contents(*others)
    faults = []
    for who, token in neighbours.strangers(neighbour).items():
        faults += examine(neighbour, who, token, HERE, all_things=who == "official")
        if who == "citizen":
            faults += examine(neighbour, who, token, COUNTY, all_things=False)
    assert faults == []
    assert tables.contents(*others) == before


@pytest.mark.slow
@pytest.mark.parametrize("center", [None, HERE, COUNTY, ELSEWHERE])
def test_everybody_everywhere_with_everything(neighbour, center):
    faults = []
    for who, token in neighbours.strangers(neighbour).items():
        if (who, center) != ("applicant", COUNTY):  # there the applicant is at home
            faults += examine(neighbour, who, token, center, all_things=True)
    assert faults == []


def test_the_requests_find_what_they_name(neighbour):
    """The positive control: sent where the thing is, by who may, the same requests are answered."""
    assert documents.unknown_names(neighbour.things) == set()
    tokens = (neighbour.official, neighbour.administrator, neighbour.registrar)
    seen, unanswered = "", []
    for root in documents.roots():
        if RULES[root.name] not in {HIDDEN, LISTED}:
            continue
        answers = []
        for request in requests(root, neighbour.things):
            by = (neighbour.applicant,) if root.name in OF_APPLICANTS else tokens
            for center in (COUNTY, STATION):
                answers += [ask(request, center=center, token=token) for token in by]
            if root.kind == "mutation" and any(_is_found(shown) for _text, shown in answers):
                break
        seen += "".join(text for text, _shown in answers)
        if not any(_is_found(shown) for _text, shown in answers):
            unanswered.append(f"{root.name}: {answers[-1][0][:300]}")
    assert unanswered == []
    assert [mark for mark in MARKS if mark not in seen] == [PHONE, people.id_number(ID_SERIAL)]


def test_no_query_shows_a_person_in_full_to_those_who_work_with_them(neighbour):
    full = (NAME, PHONE, people.id_number(ID_SERIAL))
    shown, masked = [], False
    for root in documents.roots():
        if root.kind != "query":
            continue
        for request in requests(root, neighbour.things):
            for token in (neighbour.official, neighbour.registrar):
                text, _ = ask(request, center=COUNTY, token=token)
                masked |= "璩*豸" in text
                if any(word in text for word in full):
                    shown.append(f"{root.name} for {request.said}: {text[:300]}")
    assert masked
    assert shown == []


def _is_found(shown: Any) -> bool:
    """Tell whether the thing was found: shown, or refused for another reason than its absence."""
    if not isinstance(shown, dict) or "errors" not in shown:
        return bool(shown) and shown.get("edges") != [] if isinstance(shown, dict) else bool(shown)
    return not any(error["code"].endswith("_NOT_FOUND") for error in shown["errors"])


# --- planted leaks of the API ----------------------------------------------------------------

CASE, MINE = Root("query", "case"), Root("query", "myItems")
WITHDRAW = Root("mutation", "withdrawCase")


def test_planted_leaks_are_caught(neighbour, monkeypatch):
    """A door that lets everybody in, a list over all centers, a mutation that writes next door."""
    token = neighbours.strangers(neighbour)["official"]
    request = next(requests(CASE, neighbour.things))
    request = dataclasses.replace(request, fields="{ matterName form }")
    mine = next(requests(MINE, {}))
    for asked in (request, mine):
        text, shown = ask(asked, center=HERE, token=token)
        assert violations(asked.root, shown, text, neighbour) == []

    with monkeypatch.context() as patch:
        patch.setattr(CASE.definition, "resolve", _whoever_asks)
        text, shown = ask(request, center=HERE, token=token)
        assert violations(CASE, shown, text, neighbour) == [
            "case shows 獬豸",
            "case shows an object",
        ]

    with monkeypatch.context() as patch:
        patch.setitem(RULES, "myItems", LISTED)
        patch.setattr(exchange, "my_items", lambda _actor: CaseIndexRow.objects.all())
        text, shown = ask(mine, center=HERE, token=token)
        assert "myItems shows " + neighbour.things["number"][0] in violations(
            MINE, shown, text, neighbour
        )

    with monkeypatch.context() as patch:
        patch.setattr(WITHDRAW.definition, "resolve", _writes_next_door)
        patch.setattr(documents, "roots", lambda: [WITHDRAW])
        faults = examine(neighbour, "x", token, HERE, all_things=False)
        assert faults == [f"x: withdrawCase changed {COUNTY}.kernel_ledger"]

    with monkeypatch.context() as patch:
        patch.delitem(RULES, "case")
        with pytest.raises(AssertionError):
            test_every_root_field_has_a_rule()


def _whoever_asks(_root: Any, info: Any, number: str) -> Any:
    """Find the case where its number says it is, and ask not who may see it."""
    with center_context(numbers.center_of(number)):
        row = Case.objects.get(number=number)
        return case_type.Case.of(row, case_type.Viewer.of(info.context.actor))


def _writes_next_door(_root: Any, _info: Any, input: Any) -> Any:
    with center_context(COUNTY):
        Ledger.objects.update(log_position=4711)
    raise CenterUnknownError(center="x")


def test_a_resolver_that_forgets_the_context_shows_nothing(neighbour, monkeypatch):
    """Outside any context, and in another center's, PostgreSQL and its backend refuse."""

    def outside(_root: Any, _info: Any, number: str) -> Any:
        token = context._current.set(None)
        try:
            return Case.objects.filter(number=number).first()
        finally:
            context._current.reset(token)

    def in_another(_root: Any, _info: Any, number: str) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM c{COUNTY}.cases_case WHERE number = %s", [number])
            return cursor.fetchone()

    request = next(requests(CASE, neighbour.things))
    token = neighbours.strangers(neighbour)["official"]
    for resolver in (outside, in_another):
        with monkeypatch.context() as patch:
            patch.setattr(CASE.definition, "resolve", resolver)
            with pytest.raises(AssertionError, match="INTERNAL") as refused:
                ask(request, center=HERE, token=token)
        assert [mark for mark in MARKS if mark in str(refused.value)] == []
