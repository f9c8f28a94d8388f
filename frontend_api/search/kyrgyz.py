"""The Kyrgyz analysis, as one table: letters, stop words, and suffix rules from the end of a word inwards.

Nothing here runs. `analysis.py` reads the table as Python and `mappings.py` as Elasticsearch filters; every pattern is
written in the part of the regular expression language that Python and Java read alike. A contract test holds the two
results equal.

The letters are folded first, so that "окмот" and "өкмөт" are one word, and the rules see folded letters only:
а о у е и ы stand for all the vowels of suffixes. The rules are meant to bring the forms of one word together, not to
find its dictionary form.
"""

from dataclasses import dataclass

# ң ө ү ё as people type them on a Russian keyboard.
_FOLDS = {"ң": "н", "ө": "о", "ү": "у", "ё": "е"}
# Other letters that stand for Kyrgyz ones in official texts and in texts taken from Kazakh or old fonts.
_LOOK_ALIKES = {
    "ӊ": "н", "њ": "н", "ҥ": "н", "ӈ": "н", "ѳ": "о", "ӫ": "о", "ɵ": "о", "ӧ": "о", "ұ": "у", "ӱ": "у",
}  # fmt: skip
# Latin letters that look like Cyrillic ones. They are read as Cyrillic everywhere, not only inside Cyrillic words: a
# Latin word is changed in the same way in the document and in the query and still meets itself.
_LATIN = {
    "a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х", "y": "у", "k": "к", "m": "м", "t": "т", "h": "н",
    "b": "в",
}  # fmt: skip
# ъ and ь change no word: июль, июлу.
LETTERS = _FOLDS | _LOOK_ALIKES | _LATIN | {"ъ": "", "ь": ""}

# Words that are in almost every text and say nothing; folded.
STOP_WORDS = (
    "жана", "менен", "бул", "ал", "боюнча", "тууралуу", "деп", "учун", "да", "де", "та", "те", "же", "эле", "ошол",
    "ушул", "эмес", "чейин", "дагы", "гана", "бирок", "ошондой",
)  # fmt: skip

# A mark behind a word that no rule may shorten any more; the last rule takes it away. Never part of a word.
KEPT = "_"


@dataclass(frozen=True)
class Rule:
    """One step: where `pattern` matches, the word becomes its first group followed by `ending`."""

    name: str
    pattern: str
    ending: str = ""


# The suffixes follow the sound before them: -ты only behind a voiceless consonant, -ны only behind a vowel.
_V = "[аоуеиыэюя]"
_VOICELESS = "[кпстфхцчшщ]"
_VOICED = "[бвгджзйлмнр]"
# What must stay in front of a suffix: two letters as in эл, иш, ай, or three and more.
_STEM = f"(?:{_V}[^аоуеиыэюя_]|[^_]{{3,}}?)"

# Words whose end only looks like a suffix.
_WHOLE = (
    "адам", "азыр", "айып", "баары", "баткен", "башка", "жаны", "кайсы", "китеп", "мурда", "орган", "саны", "талап",
    "тууган",
)  # fmt: skip
# Words that are shortened to their beginning, whatever follows it.
_BEGINNINGS = (
    "бугун",
    "кийин",
    "мурун",
    "жакын",
    "облус(?!т[ыу]к)",
    "торага(?!л)",
    "жаран(?!д[ыу]к)",
    "район(?!д[ыу]к)",
    "[^_]{2,}стан(?!д[ыу]к)",
)

_PROTECT = Rule("whole", f"^({'|'.join(_WHOLE)})$", KEPT)
# The third person's possessive and a case are told apart together: район-у-нда, not райо-ну-нда.
_POSSESSED_CASE = Rule(
    "possessed_case",
    f"^({_STEM})(?:"
    f"(?:(?<={_V})с|(?<=[^аоуеиыэюя]))[ыиу]н(?:[ыиу]н?|[аео]н?|д[аео]|д[аео]г[ыиу]|[ыиу]к[ыиу])|"
    # -ын alone, unless it is the end of a genitive.
    f"(?:(?<={_V})с|(?<=[^аоуеиыэюя])(?<!{_VOICELESS}т)(?<!{_VOICED}д)(?<!{_V}н))[ыиу]н|"
    # The participle: бол-гон-ун.
    f"(?:(?<={_VOICELESS}к[аео]н)|(?<={_VOICED}г[аео]н))[ыиу]н?"
    ")$",
)
_CASE = Rule(
    "case",
    f"^({_STEM})(?:"
    f"(?<={_V})(?:н[ыиу]н?|г[аео]|д[аео]н?)|"
    f"(?<={_VOICELESS})(?:т[ыиу]н?|к[аео]|т[аео]н?)|"
    f"(?<={_VOICED})(?:д[ыиу]н?|г[аео]|д[аео]н?)"
    ")$",
)
_POSSESSIVE = Rule(
    "possessive",
    f"^({_STEM})(?:(?<={_V})с[ыиу]|(?<=[^аоуеиыэюя])(?<![дт][аео]г)(?<![аео]д)[ыиу]|[ыиу]?[бн][ыиу]з)$",
)
_PLURAL = Rule("plural", f"^({_STEM})[лтд][аео]р$")
_RELATIONAL = Rule("relational", f"^({_STEM})(?:[дт][аео]г[ыиу]|[нтд][ыиу]к[ыиу])$")
_VOICE = "(?:[аеоыиу]?[лн]|[аео])?"
_PAST = Rule("past", f"^({_STEM}){_VOICE}[дт][ыиу]$")
_PARTICIPLE = Rule(
    "participle", f"^({_STEM}){_VOICE}(?:[бп][аео])?(?:(?<={_VOICELESS})к|(?<!{_VOICELESS})г)[аео]н(?:д[ыиу][гк])?$"
)
_VERBAL_NOUN = Rule("verbal_noun", f"^({_STEM})(?:уу|оо)$")
_CONVERB = Rule("converb", f"^({_STEM}){_VOICE}[ыиу]?п$")
_PRESENT = Rule("present", f"^({_STEM})(?:[аеоыиу]?[лнш][аео]т|[аео]йт|(?<=[дт][ыиу]р)[аео]т)$")
_SHORT_PRESENT = Rule("short_present", "^([^_]{3})[аео]т$")
_PASSIVE = Rule("passive", "^([^_]{3,})(?:[аео]л|(?<=л)[аео]н|(?<=[дт][ыиу]р)[ыиу]ш)$")
_FINAL_K = Rule("final_k", "^([^_]{2,})г$", "к")
_FINAL_P = Rule("final_p", "^([^_]{2,})б$", "п")

RULES: tuple[Rule, ...] = (
    # A word that loses a vowel of its stem: орун, орду.
    Rule("place", "^(ор)(?:ду|дун.*|ун.*)$", "ун" + KEPT),
    Rule("beginning", f"^({'|'.join(_BEGINNINGS)}).*$", KEPT),
    # From the end inwards: шаар-лар-ы-н-дагы-лар-дын.
    _PROTECT, _POSSESSED_CASE, _RELATIONAL, _CASE, _PROTECT, _POSSESSIVE, _PROTECT, _PLURAL, _PROTECT,
    # Again, for what a relational suffix stood behind.
    _POSSESSED_CASE, _RELATIONAL, _POSSESSIVE, _PLURAL, _FINAL_K, _FINAL_P, _PROTECT,
    # Verbs, lightly.
    _PAST, _PARTICIPLE, _VERBAL_NOUN, _CONVERB, _PRESENT, _SHORT_PRESENT,
    _PASSIVE,
    # What a suffix does to the end of the stem: башта-, башто-.
    Rule("final_vowel", "^([^_]{3,})[аео]$"),
    _FINAL_K, _FINAL_P,
    Rule("mark", f"^(.*){KEPT}$"),
)  # fmt: skip
