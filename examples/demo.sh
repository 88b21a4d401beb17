#!/usr/bin/env bash
# One spoken and one written entry, from file to insight. Uses Whisper if its weights are here or can be fetched.
set -euo pipefail
cd "$(dirname "$0")/.."
samo=.venv/bin/samo
out=out/demo
cannot_be_reached=69  # `samo models fetch --help`

engine=whisper
status=0
"$samo" models fetch --try transcription || status=$?
if [ "$status" -eq "$cannot_be_reached" ]; then
  engine=pocketsphinx
  echo "No Whisper weights here and no model hub in reach: the stand-in engine pocketsphinx listens instead." >&2
elif [ "$status" -ne 0 ]; then
  exit "$status"
fi
"$samo" process --speech-engine "$engine" --out "$out" examples/recording.wav examples/entry.txt
