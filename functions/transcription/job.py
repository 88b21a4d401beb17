"""Cloud Run job `transcription`: a recording too long for the function → transcript, by one or many tasks."""

import sys

from samo.job import run_task
from samo.wiring.transcription import transcription_job

if __name__ == "__main__":
    sys.exit(run_task(transcription_job))
