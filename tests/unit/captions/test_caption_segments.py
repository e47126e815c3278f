"""Lines break between words in scripts that write none apart, and never inside one."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from film.captions.moments import heard
from film.captions.pages import pages
from film.captions.segments import inner_ends
from film.captions.text import LINE, breaks, clean, width

WHOLE = {
    "私は窓から外を振り返るたびに、いつも母の声を聞いたような気がするのです。": ("窓から", "振り返る", "聞いた"),
    "明日の朝早くにコンピューターを持って出かけましょう": ("コンピューター", "出かけましょう"),
    "我想回家看看我的母亲但是火车已经开走了我们只好在这里等到明天早上": ("母亲", "但是", "火车", "已经", "明天"),
    "我們說過會在車站見面，可是現在他還沒有來": ("我們", "車站", "沒有"),
    "เช้าแต่วันนี้ไม่เหมือนเดิมเพราะเขาไม่กลับมาที่บ้านหลังเก่าริมทะเลอีกแล้ว": ("เช้า", "แต่", "เหมือน", "เพราะ", "บ้าน", "ทะเล"),
    "우리는 그날 밤 오래된 기차역에서 서로에게 약속했다": ("우리는", "기차역에서", "서로에게", "약속했다"),
    "ខ្ញុំចង់ទៅផ្ទះវិញប៉ុន្តែរថភ្លើងបានចាកចេញហើយ": ("ខ្ញុំ", "ផ្ទះ", "រថភ្លើង"),
    "ຂ້ອຍຢາກກັບບ້ານແຕ່ລົດໄຟໄດ້ອອກໄປແລ້ວ": ("ຂ້ອຍ", "ບ້ານ", "ລົດໄຟ"),
    "ကျွန်တော်အိမ်ပြန်ချင်တယ်ဒါပေမဲ့ရထားထွက်သွားပြီ": ("ကျွန်တော်", "အိမ်"),
    "He served in the U.S. Army until J. R. Hale and Mr. Dow came": ("U.S. Army", "J. R. Hale", "Mr. Dow"),
}  # fmt: skip
ATTACHED = "่้๊๋ัิีึืุู์ําំាិីឹឺុូួើ့្းံ"
UNSPACED = "เช้าแต่ไม่นี้明日振り返るーっ、。ខ្ញុំចង់ຂ້ອຍကျွန် 한국어 a"


def torn(text: str, word: str) -> list[int]:
    """Places inside ``word`` at which a line may end without need."""
    first = text.index(word)
    return [b.at for b in breaks(text) if first < b.at < first + len(word) and b.cost < 34]


@pytest.mark.parametrize("text", WHOLE)
def test_no_word_is_broken(text: str) -> None:
    assert {word: torn(text, word) for word in WHOLE[text]} == {word: [] for word in WHOLE[text]}


@pytest.mark.parametrize("text", list(WHOLE)[:-1])
def test_it_breaks_somewhere(text: str) -> None:
    assert len(breaks(text)) >= 3


def test_without_icu_letters_keep_what_belongs_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icu4py.breakers", None)
    inner_ends.cache_clear()
    khmer = "ខ្ញុំចង់ទៅផ្ទះវិញប៉ុន្តែរថភ្លើងបានចាកចេញហើយ"
    try:
        ends = inner_ends(khmer)
    finally:
        inner_ends.cache_clear()
    assert ends
    assert all(khmer[at] not in ATTACHED and khmer[at - 1] != "្" for at in ends)


@settings(max_examples=100, deadline=None)
@given(st.text(UNSPACED, max_size=160))
def test_nothing_is_lost_in_any_script(text: str) -> None:
    text = clean(text)
    found = pages(text, heard(text, (), len(text) // 10 + 1))  # type: ignore[arg-type]
    assert "".join("".join(page.lines) for page in found).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= LINE for page in found for line in page.lines)
