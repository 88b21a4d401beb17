"""Names that raw speech and careless models write in lower case: common given names, and places.

Only names that are no other English word: "tom", not "mark". A list cannot be complete; it catches what is frequent.
"""

from __future__ import annotations

from samo.inference.summarizer.word_forms import word_set

NAMES = word_set(
    "aaron abby abdul abigail adam adrian ahmed aisha alan albert alex alexander alexandra alexis ali alice alicia"
    " alina alison allison alyssa amanda amelia amir amy ana anastasia andrea andreas andrew andy angela angelina"
    " anita ann anna anne annie anthony antonio arthur ashley audrey barbara barry beatrice becky belinda ben benjamin"
    " bernard beth betty beverly billy bobby boris brad brandon brenda brian bridget bruce bruno bryan caitlin cameron"
    " camila carl carla carlos carmen caroline catherine cathy cecilia charlie charlotte chelsea chen cheryl chloe"
    " chris christina christine christopher cindy claire clara claudia clement colin connor courtney craig cynthia"
    " daniel daniela danielle danny david debbie deborah dennis derek diana diane diego dmitri dominic donald donna"
    " dora doris dorothy douglas dylan edgar edith eduardo edward edwin eileen elaine elena eli elias elijah elisabeth"
    " elise eliza elizabeth ella ellen ellie elsa emil emily emma eric erica erik erin ernest esther ethan eugene eva"
    " evan evelyn fatima felix fernando fiona florian frances francesca francis francisco frankie fred freddie"
    " frederick gabriel gareth gary gemma geoffrey george gerald gina giovanni gloria gordon graham greg gregory greta"
    " hannah harold harriet harry hassan hector heidi helen helena helga henry hugo ian ibrahim ingrid irene isaac"
    " isabel isabella ivan jackie jacob jacqueline jake james jamie jan jane janet jared jasmine jason javier jeff"
    " jeffrey jennifer jenny jeremy jerome jerry jesse jessica jill joan joanna joel johannes john johnny jonas"
    " jonathan jordan jorge jose joseph joshua juan judith judy julia julian julie jurgen justin kaitlyn karen karl"
    " kate katherine kathleen kathryn kathy katie kayla keith kelly ken kenneth kevin kim kimberly klaus kristen"
    " kristina kurt kyle lara larry laura lauren laurie leah lena leo leon leonard leslie liam lillian linda lisa liz"
    " lois lorenzo louis louise lucas lucia lucy luigi luis lukas luke lydia madison maggie malcolm mandy manuel marco"
    " marcus margaret maria marie mario marion martha martin marvin mary mateo matt matteo matthew maureen megan"
    " melanie melissa mia michael michelle miguel mike miriam mohamed mohammed molly monica nadia nancy naomi natalie"
    " natasha nathan neil nicholas nicola nicole nina noah nora norman oliver olivia omar oscar otto owen pamela"
    " patricia patrick paul paula pedro peter phil philip phoebe priya rachel ralph ramona rebecca renee ricardo"
    " richard rick ricky rita robert roberto roger ron ronald rosa rosie roy ruth ryan sabrina sally sam samantha"
    " samuel sandra sara sarah scott sean sebastian sergio shannon sharon sheila shirley silvia simon simone sofia"
    " sonia sophia sophie stanley stefan stella stephanie stephen sterling steve steven stuart susan susanna suzanne"
    " sven sylvia tamara tanya tara tatiana ted teresa thea theo theodore theresa thomas tim timothy tina todd tom"
    " tommy tony tracy trevor ulrich valentina valerie vanessa vera veronica victoria vincent vivian vladimir walter"
    " wanda wendy wilhelm william yasmin yolanda yuki yusuf yvonne zach zoe"
)
"""Given names."""

PLACES = word_set(
    "london paris berlin madrid rome vienna munich hamburg zurich geneva amsterdam brussels dublin lisbon prague"
    " warsaw budapest moscow istanbul athens stockholm oslo copenhagen helsinki boston chicago seattle denver dallas"
    " houston atlanta miami toronto montreal vancouver sydney melbourne tokyo beijing delhi mumbai cairo lagos nairobi"
    " america england scotland ireland germany france spain italy austria switzerland poland russia ukraine greece"
    " sweden norway denmark finland netherlands belgium portugal canada mexico brazil argentina australia japan korea"
    " india pakistan africa europe asia texas california florida facebook instagram google microsoft netflix"
)
"""Places and firms."""
