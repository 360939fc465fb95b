"""How Chinese text is read: places as their people say them, words as the dictionary does."""

import pytest

from tongban.kernel import pinyin


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("单县政务服务中心", "shan xian zheng wu fu wu zhong xin"),
        ("山东省单县", "shan dong sheng shan xian"),
        ("单位", "dan wei"),
        ("东阿县", "dong e xian"),
        ("阿胶", "e jiao"),
        ("莘县", "shen xian"),
        ("乐陵市", "lao ling shi"),
        ("昌乐县", "chang le xian"),
        ("牟平区", "mu ping qu"),
        ("长清区", "chang qing qu"),
        ("长子县", "zhang zi xian"),
        ("浚县", "xun xian"),
        ("会计从业资格", "kuai ji cong ye zi ge"),
        ("银行开户", "yin hang kai hu"),
        ("行政许可", "xing zheng xu ke"),
        ("旅馆业", "lv guan ye"),
        ("etc办理 5g", "etc ban li 5g"),
        ("", ""),
    ],
)
def test_text_is_read_as_people_read_it(text, reading):
    assert " ".join(pinyin.syllables(text)) == reading


def test_initials_are_the_first_letters():
    assert pinyin.initials(pinyin.syllables("居民身份证")) == "jmsfz"
    assert pinyin.initials(pinyin.syllables("单县")) == "sx"


def test_the_normal_form():
    assert pinyin.normalize("  ＥＴＣ_办理（高速）·Lü ") == "etc 办理 高速 lv"
    assert pinyin.normalize("\0😀%_") == ""
    assert pinyin.runs("5g基站 abc") == ["5g", "基站", "abc"]
    assert pinyin.is_chinese("基站")
    assert not pinyin.is_chinese("5g")
    assert not pinyin.is_chinese("")
