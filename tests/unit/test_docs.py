"""What the documentation draws is what runs."""

from pathlib import Path

from tenants.cases import states

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_diagram_of_states_is_drawn_from_the_table():
    assert f"```mermaid\n{states.mermaid()}\n```" in (DOCS / "cases.md").read_text()
