"""Turns text into folded words: the same word has the same spelling wherever it stands.

Stands between `clean` and the lexical view, which stems the words and counts them.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"\w\w+")


def _byte(number: int) -> int:
    """Return what becomes of one byte of cp1252: its lower case, or a space if no word has it."""
    sign = bytes([number]).decode("cp1252", "replace")
    return sign.lower().encode("cp1252")[0] if re.match(r"\w", sign) else ord(" ")


_FOLDED = bytes(map(_byte, range(256)))

_INVISIBLE = ("\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_MARKS = tuple("\u0308\u0301\u0300\u0302\u0303\u0327\u030a\u030c")

# In each pattern the literal stands first and looks back: so it is searched for, not tried.
# Leser:innen, Leser*in, Leser_innen, Leser·innen; also inside compounds: Bürger:innenrat.
_SIGN = re.compile(r"[:*_·](?<=[a-zäöüß]{2}[:*_·])(?:innen|in\b)")
_SIGNS = "*_·"
# Leser/innen, Leser/-innen, Leser/in: the slash separates other things too, so more must fit.
_SLASH = re.compile(r"/(?:(?<=[a-zäöüß]{3}/)-?innen|(?<=er/)in|-in)\b")
# LeserInnen, but neither Innenstadt nor LinkedIn.
_CAPITAL = re.compile(r"Innen(?<=[a-zäöüß]{2}Innen)")

_LONE_UNDERSCORE = re.compile(r"(?<![0-9])_|_(?![0-9])")

_MONTHS = {
    name: f"{number:02}"
    for number, names in enumerate(
        (
            ("januar", "jänner", "jan"),
            ("februar", "feber", "feb"),
            ("märz", "maerz", "mär"),
            ("april", "apr"),
            ("mai",),
            ("juni", "jun"),
            ("juli", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("oktober", "okt"),
            ("november", "nov"),
            ("dezember", "dez"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_GAP = "[ \n\u00a0\u2009\u202f]"
_NUMBER = re.compile(
    rf"""[0-9](?<![\w.,][0-9])(?:
        (?P<day>[0-9]?)\.{_GAP}?(?P<month>(?i:{_MONTH}))\b\.?
      | (?P<d>[0-9]?)\.{_GAP}?(?P<m>[0-9]{{1,2}})\.
        (?:(?P<y>{_GAP}?[0-9]{{4}}|[0-9]{{2}})(?![0-9])|(?![0-9]))
      | (?P<iso>[0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})(?![0-9])
      | [0-9]{{0,2}}(?P<groups>(?:[. \u00a0\u2009\u202f'’][0-9]{{3}})+|(?:,[0-9]{{3}}){{2,}})
        (?!\.?[0-9])(?:,(?P<cents>[0-9]+))?
      | [0-9]*,[0-9]+(?![0-9,])
    )""",
    re.VERBOSE,
)
_NO_DIGITS = re.compile(r"[^0-9]+")
_LAST_DAY, _LAST_MONTH = 31, 12


def words(text: str) -> list[str]:
    """Return the folded words of a text, in order; words of one character are left out.

    - Lower case, composed (NFC), no soft hyphens or zero-width characters, ß as ss. Umlauts
      stay; the German stemmer makes "Mueller" and "Müller" one.
    - Gendered forms lose sign and ending: "Leser:innen", "Leser*innen", "Leser_innen",
      "Leser/-innen" and "LeserInnen" give "leser", "Bürger:innenrat" gives "bürgerrat".
    - Hyphens, apostrophes, quotation marks and dashes separate: "Corona-Krise" gives two words.
    - Numbers: thousands close up ("1.000.000", "1 000 000" → "1000000"), a decimal comma becomes
      "_" ("3,5" → "3_5"). German dates: "3. Oktober 2020", "03.10.2020" and "2020-10-03" →
      "10_03", "2020"; "3.10." → "10_03". Lone digits fall away.

    O(n) for n characters. An empty text has no words.

    Examples
    --------
    >>> words("Am 3. Oktober: Bürger*innen und die Corona-Krise")
    ['am', '10_03', 'bürger', 'und', 'die', 'corona', 'krise']
    """
    for mark in _INVISIBLE:
        if mark in text:
            text = text.replace(mark, "")
    if not text.isascii() and any(mark in text for mark in _MARKS):
        text = unicodedata.normalize("NFC", text)
    if "Innen" in text:
        text = _CAPITAL.sub("", text)
    if ":in" in text or any(sign in text for sign in _SIGNS):
        text = _SIGN.sub("", text)
    if "/" in text:
        text = _SLASH.sub("", text)
    if "_" in text:
        text = _LONE_UNDERSCORE.sub(" ", text)
    text = _NUMBER.sub(_number, text)
    if "ß" in text:
        text = text.replace("ß", "ss")
    return _split(text)


def _split(text: str) -> list[str]:
    """Split into lower-case words; byte by byte where all fits cp1252, which saves a third."""
    try:
        raw = text.encode("cp1252")
    except UnicodeEncodeError:
        return _WORD.findall(text.lower().replace("ß", "ss"))  # the capital ß is not in cp1252
    return [word for word in raw.translate(_FOLDED).decode("cp1252").split() if len(word) > 1]


def _number(found: re.Match[str]) -> str:
    """Write a number or date the one way it is always written."""
    whole = found.group()
    if month := found["month"]:
        return f"{_MONTHS[month.lower()]}_{int(whole[0] + found['day']):02} "
    if found["m"]:
        day, month_number, year = (
            int(whole[0] + found["d"]),
            int(found["m"]),
            (found["y"] or "").strip(),
        )
        if not (1 <= day <= _LAST_DAY and 1 <= month_number <= _LAST_MONTH):
            return whole
        century = "20" if len(year) == len("20") else ""
        return f"{month_number:02}_{day:02} {century}{year} "
    if found["iso"]:
        return f"{whole[5:7]}_{whole[8:10]} {whole[:4]}"
    if found["groups"]:
        cents = found["cents"]
        leading = whole.split(",")[0] if cents else whole
        return _NO_DIGITS.sub("", leading) + (f"_{cents}" if cents else "")
    return whole.replace(",", "_")
