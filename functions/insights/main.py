"""Cloud Function `insights`: emotions or summary ready → insight, report, event."""

import functions_framework

from samo.boundary import entry_point
from samo.wiring.insights import insights_stage

handle = functions_framework.cloud_event(entry_point(insights_stage))
