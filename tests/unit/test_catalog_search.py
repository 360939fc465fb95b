"""What a matter is found by, what a search asks for, and which ways of being nearly right count."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.catalog.rules import places, search
from tongban.catalog.rules.places import Place
from tongban.kernel import pinyin

CHINESE = st.text(alphabet="企业设立登记变更许可证（公章）", min_size=1, max_size=12)
WORD = st.text(alphabet="身份证营业执照企设", min_size=3, max_size=12)
LETTERS = st.text(alphabet="abcdefghijk", min_size=6, max_size=12)
SHAN = Place("371722", "单县政务服务中心", "shanxianzhengwufuwuzhongxin", "sxzwfwzx")
LAOLING = Place("371481", "乐陵市政务服务中心", "laolingshizhengwufuwuzhongxin", "llszwfwzx")


def found_by(name, *elements, codes=()):
    return search.searchable(names=(name,), elements=elements, codes=codes)


@settings(deadline=None)  # the first reading loads the dictionary
@given(before=CHINESE, word=CHINESE, after=CHINESE)
def test_any_part_of_a_text_has_its_terms(before, word, after):
    matter = found_by(before + word + after)
    for part in search.words(word):
        assert set(search.needed_terms(part)) <= set(matter.terms)
        assert part in matter.text


@pytest.mark.parametrize(
    "word",
    [
        *("居民身份证", "身份", "证", "公安厅", "juminshenfenzheng", "shenfenzheng", "shenf"),
        *("jmsfz", "sfz", "sf", "z", "gong", "gongan", "gat", "zhengzhao"),
        *("370110", "3701", "511a013800", "10833722043"),
    ],
)
def test_what_people_type_has_its_terms(word):
    matter = found_by(
        "居民身份证申领",
        "公安厅",
        "证照",
        codes=("370110100101", "511A0138000000-115113010833722043-1-00"),
    )
    assert set(search.needed_terms(word)) <= set(matter.terms)
    assert word in matter.text


def test_letters_within_a_syllable_are_no_word():
    assert search.needed_terms("hen") == ["hen"]
    assert "hen" not in found_by("身份证").terms


def test_the_name_without_spaces_stands_first():
    matter = found_by("身份证（补领）", "公安")
    assert matter.names.split("\n")[1:3] == ["身份证补领", "身份证 补领"]
    assert "公安" not in matter.names
    assert "公安" in matter.text
    assert found_by("单县图书馆借阅证").text.split("\n")[1] == "shanxiantushuguanjieyuezheng"


def test_a_search_is_cut_into_words():
    assert search.words("  设立，登记!! ") == ["设立", "登记"]
    assert search.words("身份zheng 5G基站") == ["身份", "zheng", "5g", "基站"]
    assert search.words("设立 设立") == ["设立"]
    assert search.words("Ｌü馆") == ["lv", "馆"]
    for nothing in ("。", "%", "_", "\0", "😀", "　", "''; --"):
        assert search.words(nothing) == []
    assert len(search.words(" ".join(map(chr, range(0x4E00, 0x4E40))))) == search.MAX_WORDS
    assert max(map(len, search.words("很" * 10_000))) == search.MAX_WORD_LENGTH
    assert all(
        len(term) <= search.LONGEST_TERM for term in search.terms(" ".join(["企业设立", "x" * 99]))
    )


@given(word=st.one_of(WORD, LETTERS), at=st.integers(0, 11), other=st.sampled_from("乙q"))
def test_one_wrong_character_still_fits(word, at, other):
    at %= len(word)
    ways = search.nearness(word)
    wrong, missing, extra = (
        word[:at] + other + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + other + word[at:],
    )
    for text in (wrong, missing, extra):
        # The search is right and the text has it wrong: the same as the other way round.
        assert re.search("|".join([ways.pattern, *ways.rests]), f"前{text}后")
    assert not re.search(ways.pattern, "乙" * 20)


@given(word=WORD, at=st.integers(0, 11))
def test_one_wrong_character_leaves_terms_to_start_from(word, at):
    at %= len(word)
    text = set(search.terms(word[:at] + "乙" + word[at + 1 :]))
    assert any(set(start) <= text for start in search.nearness(word).starts)


def test_letters_that_changed_places_still_fit():
    ways = search.nearness("sehnfenzheng")
    assert re.search(ways.pattern, "juminshenfenzheng")
    terms = set(found_by("居民身份证").terms)
    assert any(set(start) <= terms for start in ways.starts)


def test_what_sounds_alike_is_near():
    assert search.nearness("身粉正").sound == "shenfenzheng"
    assert search.nearness("户口").sound == "hukou"


def test_short_words_and_codes_are_right_or_wrong():
    assert search.nearness("户").sound == ""
    assert search.nearness("户口").pattern == ""
    assert search.nearness("sfz").pattern == ""
    for code in ("370110100101", "511a0138000000", "5g"):
        assert search.nearness(code) == search.Nearness()


def test_long_words_are_near_by_most_of_their_pieces():
    ways = search.nearness("身份证补领")
    assert set(ways.pieces) == {"身份", "份证", "证补", "补领"}
    assert (ways.least, ways.rarest) == (3, ("身份", "份证"))
    assert search.nearness("很" + "长" * 20 + "的词").pattern == ""
    # Pairs that many names have are left out as long as others suffice.
    assert search.nearness("变更登记身份证").rarest == ("更登", "记身", "身份")


@pytest.mark.parametrize(
    ("word", "named"),
    [
        *((word, True) for word in ("单县", "单县政务", "shanx", "shanxian", "sx", "371722")),
        *((word, False) for word in ("单", "s", "sh", "danxian", "县", "3717", "3717221", "山县")),
    ],
)
def test_which_words_name_a_center(word, named):
    assert places.names(SHAN, word) is named


def test_a_place_may_be_written_as_it_sounds():
    assert places.sounds_like(SHAN, "善县")
    assert not places.sounds_like(SHAN, "山西")
    assert not places.sounds_like(SHAN, "善")
    assert "".join(pinyin.syllables("善县")) == places.beginning(places.sounds("善县"))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("单县身份证", ["单县", "身份证"]),
        ("乐陵市户口迁移", ["乐陵市", "户口迁移"]),
        ("乐陵户口", ["乐陵", "户口"]),
        ("单位开户许可", ["单位开户许可"]),
        ("单县证", ["单县证"]),
        ("shanxianshenfenzheng", ["shanxian", "shenfenzheng"]),
        ("shanxishenfenzheng", ["shanxishenfenzheng"]),
        ("身份证", ["身份证"]),
    ],
)
def test_a_word_that_begins_with_a_place_is_split(word, parts):
    assert places.split(word, [SHAN, LAOLING]) == parts
    if len(parts) == 2:
        reachable = places.split_beginning(word) == parts[0][:2] or SHAN.pinyin in (
            places.split_readings(word)
        )
        assert reachable
