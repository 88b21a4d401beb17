"""What Whisper is known to say where nobody speaks: the ends of the films that it was trained on.

The English ones are of the kind that Barański et al. find ("Investigation of Whisper ASR Hallucinations Induced by
Non-Speech Audio", ICASSP 2025), the others their counterparts as users of Whisper report them. People say some of them,
too: no phrase is held back for itself alone.
"""

from __future__ import annotations

import re
import unicodedata

_PHRASES = """
thank you
thanks
thank you so much
thank you very much
thank you for watching
thanks for watching
thank you for listening
thanks for listening
thank you for your attention
please subscribe
please subscribe to my channel
like and subscribe
see you in the next video
see you next time
i'll see you in the next video
bye
bye bye
you
the end
subtitles by the amara org community
transcribed by otter ai
transcription by castingwords
subtitles by steamteamextra
vielen dank
vielen dank fürs zuschauen
danke fürs zuschauen
bis zum nächsten mal
untertitel der amara org community
untertitelung des zdf
untertitel im auftrag des zdf für funk
untertitelung aufgrund der amara org community
copyright wdr
merci
merci d'avoir regardé cette vidéo
merci d'avoir regardé
sous titres réalisés par la communauté d'amara org
sous titrage société radio canada
sous titrage st 501
abonnez vous
gracias
gracias por ver el video
gracias por ver
subtítulos realizados por la comunidad de amara org
suscríbete al canal
grazie
grazie per la visione
sottotitoli creati dalla comunità amara org
sottotitoli e revisione a cura di qtss
obrigado
obrigado por assistir
legendas pela comunidade amara org
dank u wel
ondertitels ingediend door de amara org gemeenschap
ondertiteld door de amara org gemeenschap
tack för att ni tittade
undertexter från amara org gemenskapen
undertekster av amara org gemenskapen
dziękuję
dziękuję za obejrzenie
dziękuję za uwagę
napisy stworzone przez społeczność amara org
napisy wykonane przez społeczność amara org
titulky vytvořil johnyx
teşekkürler
izlediğiniz için teşekkür ederim
altyazı m k
спасибо за просмотр
спасибо за внимание
продолжение следует
субтитры сделал dimatorzok
субтитры создавал dimatorzok
редактор субтитров а семкин корректор а егорова
дякую за перегляд
ご視聴ありがとうございました
ありがとうございました
チャンネル登録をお願いします
字幕由amara org社区提供
请不吝点赞 订阅 转发 打赏支持明镜与点点栏目
谢谢观看
谢谢大家
謝謝觀看
시청해주셔서 감사합니다
감사합니다
구독과 좋아요 부탁드립니다
شكرا للمشاهدة
اشتركوا في القناة
ترجمة نانسي قنقر
"""


def plain(text: str) -> str:
    """The words alone, in lower case, with one blank between them."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return " ".join(re.findall(r"[\w']+", folded))


KNOWN_PHRASES = frozenset(plain(line) for line in _PHRASES.split("\n") if line)


def is_known_phrase(text: str) -> bool:
    """Whether the text is one of the phrases, or the same one over and over, and nothing else."""
    words = plain(text).split()
    for length in range(1, len(words) + 1):
        if len(words) % length == 0 and words == words[:length] * (len(words) // length):
            return " ".join(words[:length]) in KNOWN_PHRASES
    return False
