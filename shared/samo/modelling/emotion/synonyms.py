"""Plain words that can stand for one another in nearly every sentence; none names, colours or denies a feeling."""

from __future__ import annotations

_GROUPS = """
movie film
kid child
kids children
mom mother
dad father
grandma grandmother
grandpa grandfather
guy man
folks people
buy purchase
bought purchased
begin start
began started
photo picture
photos pictures
phone cellphone
boss manager
car vehicle
store shop
town city
street road
trip journey
tv television
bike bicycle
plane airplane
couch sofa
trash garbage
college university
exam test
maybe perhaps
often frequently
usually normally
nearly almost
quickly fast
big large
small little
whole entire
speak talk
speaking talking
reply answer
replied answered
try attempt
tried attempted
choose pick
chose picked
ask request
error mistake
reason cause
story tale
way manner
area region
doctor physician
lawyer attorney
teacher instructor
author writer
internet web
website site
comment remark
video clip
song track
meal dinner
yearly annually
recently lately
previously before
afterwards later
additionally also
although though
stuff things
""".splitlines()


def _by_word() -> dict[str, tuple[str, ...]]:
    others: dict[str, set[str]] = {}
    for group in (line.split() for line in _GROUPS if line):
        for word in group:
            others.setdefault(word, set()).update(set(group) - {word})
    return {word: tuple(sorted(words)) for word, words in sorted(others.items())}


SYNONYMS = _by_word()
"""Each word with those that may take its place, all in lower case."""
