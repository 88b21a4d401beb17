"""The transcription job as a program of this package, where the repository's `functions/` is not at hand.

`python -m samo.local.transcription_task` runs one task, as `functions/transcription/job.py` does.
"""

import sys

from samo.job import run_task
from samo.wiring.transcription import transcription_job

if __name__ == "__main__":
    sys.exit(run_task(transcription_job))
