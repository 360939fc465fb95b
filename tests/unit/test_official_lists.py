"""The setting that names the four official lists: taken as it is, or refused at the start."""

import pytest

from tongban.catalog.rules.directories import DirectoryKind
from tongban.config import environment
from tongban.config.environment import EnvironmentVariableError

DEFAULT = "power_list=权力清单,duty_list=责任清单,negative_list=负面清单,fund_list=专项资金清单"


def test_the_default_stands_where_nothing_is_set(monkeypatch):
    monkeypatch.delenv("LISTS", raising=False)
    assert environment.official_lists("LISTS", DEFAULT) == {
        "power_list": "权力清单",
        "duty_list": "责任清单",
        "negative_list": "负面清单",
        "fund_list": "专项资金清单",
    }


def test_an_installation_names_its_own(monkeypatch):
    monkeypatch.setenv("LISTS", "a_list=甲, b_list=乙 ,c_list=丙,d_list=丁")
    assert list(environment.official_lists("LISTS", DEFAULT).items())[1] == ("b_list", "乙")


@pytest.mark.parametrize(
    "text",
    [
        "a_list=甲,b_list=乙,c_list=丙",
        "a_list=甲,b_list=乙,c_list=丙,d_list=丁,e_list=戊",
        "a_list=甲,a_list=乙,c_list=丙,d_list=丁",
        "a_list=甲,b_list=甲,c_list=丙,d_list=丁",
        "a_list=甲,b_list=乙,c_list=丙,d_list=",
        "a_list=甲,b_list=乙,c_list=丙,d_list",
        "A_list=甲,b_list=乙,c_list=丙,d_list=丁",
        f"a_list=甲,b_list=乙,c_list=丙,{'d' * 30}_list=丁",
        *(f"{kind}=甲,b_list=乙,c_list=丙,d_list=丁" for kind in DirectoryKind),
    ],
)
def test_whatever_is_not_four_different_lists_is_refused(monkeypatch, text):
    monkeypatch.setenv("LISTS", text)
    with pytest.raises(EnvironmentVariableError, match="LISTS names four different lists"):
        environment.official_lists("LISTS", DEFAULT)
