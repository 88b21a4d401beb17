variable "environment" {
  description = "Environment variables of every task, complete but for those that an execution adds when it is launched."
  type        = map(string)
}

variable "execution" {
  description = "What one execution is. `cpu` (vCPU) and `memory` (in the notation of Kubernetes) are each task's; `tasks` are started unless the launcher says how many, `parallelism` of them at a time (null: all); a failed task is tried `retries` times again, and each try is cut off after `timeout_seconds`."
  type = object({
    cpu             = optional(number, 1)
    memory          = string
    parallelism     = optional(number)
    retries         = optional(number, 3)
    tasks           = optional(number, 1)
    timeout_seconds = number
  })

  validation {
    condition     = contains([1, 2, 4, 8], var.execution.cpu)
    error_message = "A task has 1, 2, 4 or 8 whole vCPU, for models run one thread on each."
  }

  validation {
    condition     = can(regex("^[1-9][0-9]*(Mi|Gi)$", var.execution.memory))
    error_message = "Memory is written like 512Mi or 4Gi."
  }

  validation {
    condition = !can(regex("^[1-9][0-9]*(Mi|Gi)$", var.execution.memory)) ? true : (
      tonumber(trimsuffix(trimsuffix(var.execution.memory, "Gi"), "Mi")) * (endswith(var.execution.memory, "Gi") ? 1024 : 1) <= 4096 * var.execution.cpu
    )
    error_message = "A task has at most 4Gi of memory for each vCPU."
  }

  validation {
    condition     = var.execution.tasks >= 1 && var.execution.tasks <= 10000 && (var.execution.parallelism == null ? true : var.execution.parallelism >= 1 && var.execution.parallelism <= var.execution.tasks)
    error_message = "An execution has 1 to 10000 tasks, and no more of them run at a time than there are."
  }

  validation {
    condition     = var.execution.retries >= 0 && var.execution.retries <= 10
    error_message = "A task is tried again at most 10 times."
  }

  validation {
    condition     = var.execution.timeout_seconds >= 60 && var.execution.timeout_seconds <= 604800
    error_message = "A task lasts 60 seconds to 7 days: less is billed as a minute, and Cloud Run allows no more."
  }
}

variable "image" {
  description = "The container image, by digest."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9./_-]*@sha256:[0-9a-f]{64}$", var.image))
    error_message = "An image is named by its digest, name@sha256:…, and by no tag: a tag can be moved to another image."
  }
}

variable "kms_key" {
  description = "Full resource name of the Cloud KMS key that encrypts the job's image; null leaves it to Google's keys."
  type        = string
  default     = null
}

variable "launchers" {
  description = "IAM members that may execute this job and say with how many tasks and which further variables, by a name of your choice."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "name" {
  description = "Name of the job and of its service account; the scheduler's identity adds `-cron`."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.name)) && (var.schedule == null || length(var.name) <= 25)
    error_message = "The name has 6 to 30 lower-case letters, digits and hyphens as a service account's has, and 25 at most with a schedule, for `-cron` is added to it."
  }
}

variable "project_id" {
  description = "Project of the job and all that belongs to it."
  type        = string
}

variable "region" {
  description = "Region of the job."
  type        = string
}

variable "schedule" {
  description = "When Cloud Scheduler executes the job by itself, in the notation of cron; paused until told otherwise. Null: never."
  type = object({
    cron      = string
    paused    = optional(bool, true)
    time_zone = optional(string, "Etc/UTC")
  })
  default = null

  validation {
    condition     = var.schedule == null ? true : can(regex("^\\S+( \\S+){4}$", var.schedule.cron))
    error_message = "A schedule has the five fields of cron: minute, hour, day of month, month, day of week."
  }
}

variable "secrets" {
  description = "Environment variables that hold a secret, by name: the Secret Manager secret and its version. A number, never `latest`: a new version is a deployment, and goes back like one."
  type = map(object({
    secret  = string
    version = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for secret in var.secrets : can(regex("^[1-9][0-9]*$", secret.version))])
    error_message = "A secret is referenced by the number of its version: what `latest` means changes under a running instance."
  }

  validation {
    condition     = length(setintersection(keys(var.secrets), keys(var.environment))) == 0
    error_message = "A variable is either plain or a secret."
  }
}
