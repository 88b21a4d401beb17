"""English words whose forms no ending explains: "told" is "tell", "children" is "child"."""

from __future__ import annotations

from collections.abc import Mapping

# The base first, then its other forms. Forms that are words of their own ("left", "saw", "found") are there as verbs,
# for two texts are compared, and the same form is the same word in both.
_FORMS = """
arise arose arisen|awake awoke awoken|bear bore borne|beat beaten|become became|begin began begun|bend bent|bet betted
bind bound|bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built
burn burnt
buy bought|catch caught|child children|choose chose chosen|cling clung|come came|creep crept|cry cried|deal dealt
die died dying|dig dug|do did done does doing|draw drew drawn|dream dreamt|drink drank drunk|drive drove driven
eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fly flew flown flies|foot feet
forbid forbade forbidden|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten
give gave given|go went gone goes going|grind ground|grow grew grown|hang hung|have had has|hear heard|hide hid hidden
hold held|keep kept|kneel knelt|know knew known|lay laid|lead led|lean leant|leap leapt|learn learnt|leave left
lend lent|lie lay lain lying|life lives|light lit|lose lost|make made|man men|mean meant|meet met
mistake mistook mistaken|mouse mice|pay paid|person people|quit quitted|ride rode ridden|ring rang rung
rise rose risen|run ran|say said
see saw seen|seek sought|sell sold|send sent|sew sewn|shake shook shaken|shine shone|shoot shot|show shown
shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid|smell smelt|speak spoke spoken
speed sped|spell spelt|spend spent|spill spilt|spin spun|spoil spoilt|spring sprang sprung|stand stood
steal stole stolen|stick stuck|sting stung|stink stank stunk|strike struck|strive strove striven|swear swore sworn
sweep swept|swell swollen|swim swam swum|swing swung|take took taken|teach taught|tear tore torn|tell told
think thought|throw threw thrown|tooth teeth|tread trod|try tried tries|understand understood|wake woke woken
wear wore worn|weave wove woven|weep wept|wife wives|win won|wind wound|withdraw withdrew withdrawn
withstand withstood|woman women|wring wrung|write wrote written|bad worse worst|good better best|far further furthest
""".replace("\n", "|").strip("|")


def _by_form() -> Mapping[str, str]:
    forms: dict[str, str] = {}
    for line in _FORMS.split("|"):
        base, *others = line.split()
        for other in others:
            # The first base that claims a form keeps it: "lay" is "lay", not "lie".
            forms.setdefault(other, base)
    bases = {line.split()[0] for line in _FORMS.split("|")}
    return {form: base for form, base in forms.items() if form not in bases}


BASE_OF: Mapping[str, str] = _by_form()
"""Irregular form → base, both case folded; of a word that is not in it, nothing is known."""
