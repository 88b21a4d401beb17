"""The Whisper weights that can be fetched: where each lies on the hub, at which revision, how large, which licence."""

from __future__ import annotations

from typing import NamedTuple


class WhisperWeights(NamedTuple):
    """One Whisper, converted for CTranslate2: a commit of a repository on the hub, and what its model.bin is like."""

    repository: str
    revision: str
    model_bytes: int
    model_sha256: str
    files: tuple[str, ...]
    licence: str = "MIT"


# Multilingual, for an English-only model turns an entry in another language into English nonsense without a word of
# warning; and the smallest of those but for tiny, which mishears far more (Radford et al. 2023, appendix D).
DEFAULT_SIZE = "base"

_FILES = ("config.json", "tokenizer.json", "vocabulary.txt", "model.bin")
_FILES_SINCE_V3 = ("config.json", "preprocessor_config.json", "tokenizer.json", "vocabulary.json", "model.bin")

# Revisions, sizes and hashes agree in the lock files of two or more unrelated public projects for every row, among
# them iamfatness/SwarmScribe (docker/models.lock.json: tiny.en, large-v3, distil-large-v3) and
# workavoidance/Skrivi-STT (src/whisper_dictate/models.py: tiny, base, small, medium).
WHISPER_SIZES = {
    "tiny": WhisperWeights(
        "Systran/faster-whisper-tiny",
        "d90ca5fe260221311c53c58e660288d3deb8d356",
        75_538_270,
        "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1",
        _FILES,
    ),
    "tiny.en": WhisperWeights(
        "Systran/faster-whisper-tiny.en",
        "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        75_537_502,
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        _FILES,
    ),
    "base": WhisperWeights(
        "Systran/faster-whisper-base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        145_217_532,
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        _FILES,
    ),
    "base.en": WhisperWeights(
        "Systran/faster-whisper-base.en",
        "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        145_216_508,
        "2a166925539a16005f14ff328359f9b9adb9dc4fb631bb3b227526862e93e2ef",
        _FILES,
    ),
    "small": WhisperWeights(
        "Systran/faster-whisper-small",
        "536b0662742c02347bc0e980a01041f333bce120",
        483_546_902,
        "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
        _FILES,
    ),
    "small.en": WhisperWeights(
        "Systran/faster-whisper-small.en",
        "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        483_545_366,
        "62b2a45b05ee59acb4a5341b33ee35e041395d378d418a18acfe4c9e768ee37a",
        _FILES,
    ),
    "medium": WhisperWeights(
        "Systran/faster-whisper-medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        1_527_906_378,
        "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae",
        _FILES,
    ),
    "medium.en": WhisperWeights(
        "Systran/faster-whisper-medium.en",
        "a29b04bd15381511a9af671baec01072039215e3",
        1_527_904_330,
        "11b220779aea4c6f3ce9d2549c8a95ea869ed84066864b999531ef53e594fe5b",
        _FILES,
    ),
    "large-v3": WhisperWeights(
        "Systran/faster-whisper-large-v3",
        "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        3_087_284_237,
        "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1",
        _FILES_SINCE_V3,
    ),
    "large-v3-turbo": WhisperWeights(
        "dropbox-dash/faster-whisper-large-v3-turbo",
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        1_617_884_929,
        "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da",
        _FILES_SINCE_V3,
    ),
    "distil-small.en": WhisperWeights(
        "Systran/faster-distil-whisper-small.en",
        "ef77d90526ccd62cde3808ee70626a01e5cf83e4",
        332_308_257,
        "1187de3982cdcf962a2fb8f797e429fb4651b875b18fe9ce50b58b52fc9072b7",
        _FILES_SINCE_V3,
    ),
    "distil-medium.en": WhisperWeights(
        "Systran/faster-distil-whisper-medium.en",
        "80ddfce281f77766d8943d63109199fc8145dfa5",
        788_826_555,
        "d4cb75d823dcd2647191064da76f026774c06c036908f38456165368d0e2d66a",
        _FILES_SINCE_V3,
    ),
    "distil-large-v3": WhisperWeights(
        "Systran/faster-distil-whisper-large-v3",
        "c3058b475261292e64a0412df1d2681c06260fab",
        1_512_927_867,
        "b79368e19b6623813609431a6e5ee309a71506701ebc49fd7820e692dec7c5f5",
        _FILES_SINCE_V3,
    ),
}
