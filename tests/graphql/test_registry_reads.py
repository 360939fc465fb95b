"""Centers and divisions, as anybody reads them."""

from tests.graphql.client import codes, execute


def test_a_center_with_its_parent_and_children(db):
    answer = execute(
        '{ center(code: "371402") { name level status parent { code } children { code } } }'
    )
    assert answer["data"] == {
        "center": {
            "name": "德城区政务服务中心",
            "level": "COUNTY",
            "status": "ACTIVE",
            "parent": {"code": "371400"},
            "children": [{"code": "371402001"}],
        }
    }


def test_an_unknown_center_is_null(db):
    assert execute('{ center(code: "999999") { name } }')["data"] == {"center": None}


def test_the_path_of_an_unknown_center(db):
    assert codes(execute('{ center(code: "371402") { name } }', center="999999")) == [
        "CENTER_UNKNOWN"
    ]
