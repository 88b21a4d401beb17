"""`samo bench transcription` and `speech-sizes`: what surrounds faster-whisper, beside faster-whisper itself."""
