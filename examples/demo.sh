#!/usr/bin/env bash
# One spoken and one written entry, from file to insight. Uses Whisper if its weights are here or can be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."
samo=.venv/bin/samo
out=out/demo

engine=whisper
if ! "$samo" models fetch transcription; then
  engine=pocketsphinx
  echo "No Whisper weights can be had here: the demo falls back to the stand-in engine pocketsphinx." >&2
fi
"$samo" process --speech-engine "$engine" --out "$out" examples/recording.wav examples/entry.txt
