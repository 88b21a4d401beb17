variable "artefact_publishers" {
  description = "IAM members that may add source archives, e.g. the service account that cloudbuild.yaml runs as."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "artefacts" {
  description = "SHA-256 of each function's source archive, as `infra/bundle.py` writes them to build/artefacts.tfvars.json."
  type = object({
    emotion       = string
    insights      = string
    summarization = string
    transcription = string
  })

  validation {
    condition     = alltrue([for sha256 in values(var.artefacts) : can(regex("^[0-9a-f]{64}$", sha256))])
    error_message = "A SHA-256 is written as 64 hexadecimal digits in lower case."
  }
}

variable "channel" {
  description = "Channel of the model store that chooses the models' versions."
  type        = string
  default     = "stable"
  nullable    = false
}

variable "limits" {
  description = "Longest and largest recordings that are accepted; others get a failure record."
  type = object({
    audio_bytes   = optional(number, 536870912)
    audio_seconds = optional(number, 1800)
    text_bytes    = optional(number, 1048576)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for limit in values(var.limits) : limit > 0])
    error_message = "A limit is greater than 0."
  }

  validation {
    condition     = var.limits.audio_bytes <= 1073741824
    error_message = "At most 1 GiB of audio is accepted: a function's files lie in its memory."
  }
}

variable "max_instances" {
  description = "Most instances of each function at a time; what arrives beyond them waits in its subscription."
  type = object({
    emotion       = optional(number, 10)
    insights      = optional(number, 5)
    summarization = optional(number, 10)
    transcription = optional(number, 10)
  })
  default  = {}
  nullable = false
}

variable "name" {
  description = "Name of the environment's pipeline, e.g. `samo-dev`; every resource's name starts with it, buckets' names with the project before it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,9}[a-z0-9]$", var.name))
    error_message = "The name has 4 to 11 lower-case letters, digits and hyphens: with `-summarization-push` it must fit a service account's 30."
  }
}

variable "project_id" {
  description = "Project that everything is made in."
  type        = string
}

variable "region" {
  description = "Region that everything is made in."
  type        = string
}

variable "retention_days" {
  description = "After how many days recordings, results and overwritten files of the model store are deleted. Null keeps them for ever."
  type = object({
    noncurrent_models = optional(number)
    recordings        = optional(number)
    results           = optional(number)
  })
  default  = {}
  nullable = false
}

variable "summary" {
  description = "How summaries are made: `engine` auto (by a model where one is published) or extractive, `focus` general or emotional, `length` short, medium or long, `style` paragraph or bullets."
  type = object({
    engine = optional(string, "auto")
    focus  = optional(string, "emotional")
    length = optional(string, "medium")
    style  = optional(string, "paragraph")
  })
  default  = {}
  nullable = false

  validation {
    condition = (
      contains(["auto", "extractive"], var.summary.engine) &&
      contains(["emotional", "general"], var.summary.focus) &&
      contains(["long", "medium", "short"], var.summary.length) &&
      contains(["bullets", "paragraph"], var.summary.style)
    )
    error_message = "One of the summary's options has a value that the description does not name."
  }
}
