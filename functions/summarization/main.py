"""Cloud Function `summarization`: transcript ready → summary."""

import functions_framework

from samo.boundary import entry_point
from samo.wiring.summarization import summarization_stage

handle = functions_framework.cloud_event(entry_point(summarization_stage))
