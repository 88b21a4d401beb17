variable "alerts" {
  description = "Who is told by e-mail, where the runbooks are read (a URL or a folder of the repository), and from when on: see the module observability. `summary_model`: whether a model of summaries is published, so that its absence counts as a fallback."
  type = object({
    emails         = optional(set(string), [])
    error_ratio    = optional(number, 0.05)
    fallback_ratio = optional(number, 0.1)
    p95_seconds = optional(object({
      emotion       = optional(number, 10)
      insights      = optional(number, 5)
      summarization = optional(number, 30)
      transcription = optional(number, 400)
    }), {})
    runbooks            = optional(string, "docs/runbooks")
    summary_model       = optional(bool, false)
    unacked_age_seconds = optional(number, 1800)
  })
  default  = {}
  nullable = false
}

variable "artefact_publishers" {
  description = "IAM members that may add source archives, e.g. the service account that cloudbuild.yaml runs as."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "artefact_readers" {
  description = "IAM members that may read source archives, e.g. the service account that applies: whoever makes a function must be able to read its sources."
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

variable "budget" {
  description = "A month's budget of the whole project, in whole units of the currency, on a billing account (its id alone); e-mails go out at 50, 90 and 100 %, and when 100 % are forecast. Null: none."
  type = object({
    amount          = number
    billing_account = string
    currency        = optional(string, "USD")
  })
  default = null

  validation {
    condition     = var.budget == null ? true : var.budget.amount >= 1 && floor(var.budget.amount) == var.budget.amount
    error_message = "A budget is a whole amount of at least 1."
  }

  validation {
    condition     = var.budget == null ? true : can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.budget.billing_account))
    error_message = "A billing account is written like 012345-6789AB-CDEF01."
  }
}

variable "channel" {
  description = "Channel of the model store that chooses the models' versions."
  type        = string
  default     = "stable"
  nullable    = false
}

variable "images" {
  description = "Container images of the jobs, by digest: name@sha256:…"
  type = object({
    modelling     = string
    transcription = string
  })

  validation {
    condition     = alltrue([for image in values(var.images) : can(regex("@sha256:[0-9a-f]{64}$", image))])
    error_message = "An image is named by its digest, name@sha256:…, and by no tag: a tag can be moved to another image."
  }
}

variable "kms_key" {
  description = "Full resource name of a Cloud KMS key in the same region that encrypts buckets, topics, functions, jobs and images. Null leaves that to Google's keys. Google's service agents are granted its use; they must exist."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key == null ? true : can(regex("^projects/[^/]+/locations/${var.region}/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key))
    error_message = "The key is a crypto key, without version, in the region of what it encrypts: projects/…/locations/{region}/keyRings/…/cryptoKeys/…"
  }
}

variable "limits" {
  description = "Largest and longest recordings that are accepted; others get a failure record. `audio_seconds` is what a function takes on by itself, `long_audio_seconds` what the job does."
  type = object({
    audio_bytes        = optional(number, 536870912)
    audio_seconds      = optional(number, 1800)
    long_audio_seconds = optional(number, 86400)
    text_bytes         = optional(number, 1048576)
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

variable "long_recordings" {
  description = "How recordings beyond a function's time are transcribed: in how many `tasks` at most, each tried `retries` times again, each try for `timeout_seconds` at most."
  type = object({
    retries         = optional(number, 3)
    tasks           = optional(number, 10)
    timeout_seconds = optional(number, 7200)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.long_recordings.timeout_seconds * (var.long_recordings.retries + 1) < var.retention_days.checkpoints * 24 * 60 * 60
    error_message = "All tries of a task must end before its checkpoints are deleted (retention_days.checkpoints)."
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

variable "operators" {
  description = "IAM members, e.g. `group:samo-operators@example.org`, that may look at failures, retry, replay dead letters and reprocess: what docs/operations.md describes. They read what people said."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for member in var.operators : can(regex("^(group|user|serviceAccount|principal|principalSet):[^*\\s]+$", member))])
    error_message = "An operator is a group, a person or an identity, like group:operators@example.org, and never everybody."
  }
}

variable "project_id" {
  description = "Project that everything is made in."
  type        = string
}

variable "region" {
  description = "Region that everything is made in and stays in: buckets, messages, functions and jobs."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is written like europe-west1; what people say is kept in one region and in no multi-region."
  }
}

variable "retention_days" {
  description = "After how many days recordings, results, overwritten files of the model store, and the leases and checkpoints that a crash left behind are deleted; null keeps them for ever. For how many days the functions' archives cannot be deleted (`artefacts`); null: they can."
  type = object({
    artefacts         = optional(number)
    checkpoints       = optional(number, 3)
    noncurrent_models = optional(number)
    recordings        = optional(number)
    results           = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.retention_days.checkpoints >= 1 && var.retention_days.checkpoints <= 7
    error_message = "Checkpoints hold what people said; they are deleted after 1 to 7 days."
  }
}

variable "retraining" {
  description = "Which model is retrained (`config`, the name of its task), which channel then serves it alone, when (`cron`, UTC), and whether that is `paused`, which it is until told otherwise."
  type = object({
    channel = optional(string, "candidate")
    config  = optional(string, "emotion")
    cron    = optional(string, "0 3 1 * *")
    paused  = optional(bool, true)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["emotion"], var.retraining.config)
    error_message = "The modelling job trains the model of the task emotion."
  }

  validation {
    condition     = var.retraining.channel != var.channel
    error_message = "A retrained model does not reach people by itself: its channel is another than theirs."
  }
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

variable "upload_origins" {
  description = "Origins, e.g. `https://journal.example`, from which browsers may upload recordings to a signed URL."
  type        = set(string)
  default     = []
  nullable    = false
}
