"""Cloud Function `emotion`: transcript ready → emotions."""

import functions_framework

from samo.boundary import entry_point
from samo.wiring.emotion import emotion_stage

handle = functions_framework.cloud_event(entry_point(emotion_stage))
