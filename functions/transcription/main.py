"""Cloud Function `transcription`: recording stored → transcript."""

import functions_framework

from samo.boundary import entry_point
from samo.wiring.transcription import transcription_stage

handle = functions_framework.cloud_event(entry_point(transcription_stage))
