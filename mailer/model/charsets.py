"""Charsets of texts that come from outside: which codecs may decode them, and characters that are no text."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_TABLE = """
ascii utf_8 utf_8_sig utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le
iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11
iso8859_13 iso8859_14 iso8859_15 iso8859_16
cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp1125 cp1006
cp437 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874
mac_arabic mac_croatian mac_cyrillic mac_farsi mac_greek mac_iceland mac_latin2 mac_roman mac_romanian mac_turkish
koi8_r koi8_t koi8_u kz1048 ptcp154 tis_620
big5 big5hkscs cp950 gb2312 gbk gb18030 hz
cp932 euc_jp euc_jis_2004 euc_jisx0213 shift_jis shift_jis_2004 shift_jisx0213
iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext
cp949 euc_kr johab iso2022_kr
"""
_CHARSETS = frozenset(_TABLE.split())
"""Python's names of codecs that are charsets of mails and lists.

Its others are no charsets (unicode_escape), give what is no text (utf_7), or take more time for each octet the more there
are (punycode).
"""

_LONGEST_NAME = 60
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


@lru_cache(maxsize=512)
def codec(charset: str) -> str:
    """Return Python's name for the codec of a charset, with ``_`` for ``-``; empty if it is none that texts have.

    Python knows a codec by many names ("u7", "=utf-7" and "UTF 7" are one), so the name is looked up before it is compared.
    """
    try:
        name = codecs.lookup(charset[:_LONGEST_NAME].strip(" \"'")).name.replace("-", "_")
    except (LookupError, ValueError):
        return ""
    return name if name in _CHARSETS else ""


def sound(text: str) -> str:
    """Return a text without NUL, and with U+FFFD for half a character (a lone surrogate): no file or database holds these."""
    if text.isascii():
        return text.replace("\x00", "")
    return _NO_TEXT.sub(lambda found: "" if found.group() == "\x00" else "\ufffd", text)
