variable "emails" {
  description = "Addresses that every alert is sent to; without any, alerts are seen in the console alone."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+$", email))])
    error_message = "An address is written like team@example.org."
  }
}

variable "functions" {
  description = "Name of each stage's function, by stage. Its push subscription is called the same, its dead letters `{name}-dead-letters`."
  type        = map(string)

  validation {
    condition     = length(var.functions) > 0
    error_message = "There is at least one function to observe."
  }
}

variable "jobs" {
  description = "Names of the jobs, by what they do."
  type        = map(string)

  validation {
    condition     = length(var.jobs) > 0
    error_message = "There is at least one job to observe."
  }
}

variable "limits" {
  description = "When alerts are raised: share of deliveries that end in an error (`error_ratio`), share of summaries that fall back (`fallback_ratio`), 95th percentile of the time to a result by stage (`p95_seconds`), age of a stage's oldest message (`unacked_age_seconds`)."
  type = object({
    error_ratio         = number
    fallback_ratio      = number
    p95_seconds         = map(number)
    unacked_age_seconds = number
  })

  validation {
    condition     = alltrue([for ratio in [var.limits.error_ratio, var.limits.fallback_ratio] : ratio > 0 && ratio < 1])
    error_message = "A ratio lies between 0 and 1."
  }

  validation {
    condition     = length(setsubtract(keys(var.functions), keys(var.limits.p95_seconds))) == 0
    error_message = "Every stage has a limit for its latency."
  }
}

variable "name" {
  description = "Name of the pipeline; metrics, alerts and dashboard carry it."
  type        = string
}

variable "project_id" {
  description = "Project that is observed."
  type        = string
}

variable "runbooks" {
  description = "Where runbooks are read: a URL, or a folder of the repository. An alert links `{runbooks}/{alert}.md`."
  type        = string
}

variable "summary_model_expected" {
  description = "Whether a model of summaries is published, so that summaries without one count as fallbacks."
  type        = bool
  default     = false
  nullable    = false
}
