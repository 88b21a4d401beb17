variable "artefact" {
  description = "The source archive: an object in a bucket, named by its content, so that a new archive is a new deployment."
  type = object({
    bucket = string
    object = string
  })
}

variable "build" {
  description = "What turns the archive into an image: the Artifact Registry repository that takes it and the service account that builds, both as full resource names."
  type = object({
    repository      = string
    service_account = string
  })
}

variable "environment" {
  description = "Environment variables of the function, complete."
  type        = map(string)
}

variable "instances" {
  description = "What one instance has and how many there may be. `cpu` is in vCPU, `memory` in the notation of Kubernetes; `concurrency` counts requests in one instance at a time."
  type = object({
    concurrency = optional(number, 1)
    cpu         = optional(number, 1)
    maximum     = optional(number, 10)
    memory      = string
    minimum     = optional(number, 0)
  })

  validation {
    condition     = contains([1, 2, 4, 8], var.instances.cpu)
    error_message = "An instance has 1, 2, 4 or 8 whole vCPU, for models run one thread on each."
  }

  validation {
    condition     = can(regex("^[1-9][0-9]*(Mi|Gi)$", var.instances.memory))
    error_message = "Memory is written like 512Mi or 4Gi."
  }

  validation {
    condition = !can(regex("^[1-9][0-9]*(Mi|Gi)$", var.instances.memory)) ? true : (
      tonumber(trimsuffix(trimsuffix(var.instances.memory, "Gi"), "Mi")) * (endswith(var.instances.memory, "Gi") ? 1024 : 1) <= 4096 * var.instances.cpu
    )
    error_message = "An instance has at most 4Gi of memory for each vCPU."
  }

  validation {
    condition     = var.instances.concurrency >= 1 && var.instances.concurrency <= 80 * var.instances.cpu
    error_message = "An instance serves 1 to 80 requests at a time for each of its vCPU."
  }

  validation {
    condition = !can(regex("^[1-9][0-9]*(Mi|Gi)$", var.instances.memory)) ? true : (
      tonumber(trimsuffix(trimsuffix(var.instances.memory, "Gi"), "Mi")) * (endswith(var.instances.memory, "Gi") ? 1024 : 1) >= 512 * var.instances.concurrency
    )
    error_message = "An instance has 512Mi or more for each request at a time: as much as a document at its bounds may take."
  }

  validation {
    condition     = var.instances.minimum >= 0 && var.instances.maximum >= 1 && var.instances.minimum <= var.instances.maximum
    error_message = "The minimum of instances is at least 0, the maximum at least 1, and the minimum does not exceed the maximum."
  }
}

variable "kms_key" {
  description = "Full resource name of the Cloud KMS key that encrypts the function's image and its dead letters; null leaves it to Google's keys."
  type        = string
  default     = null
}

variable "lease_seconds" {
  description = "How long a worker's lease on a recording lasts. Declared here because timeout and redelivery must fit around it."
  type        = number

  validation {
    condition     = var.lease_seconds >= var.timeout_seconds + 60
    error_message = "A lease outlasts the function's timeout by at least 60 seconds; otherwise a second worker starts while the first one still runs."
  }
}

variable "name" {
  description = "Name of the function, of its subscription and of its service account; the other names derive from it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,23}[a-z0-9]$", var.name))
    error_message = "The name has 6 to 25 lower-case letters, digits and hyphens, for `-push` is added to it and a service account's name has at most 30."
  }
}

variable "operators" {
  description = "IAM members that may read and replay the dead letters."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "project_id" {
  description = "Project of the function and all that belongs to it."
  type        = string
}

variable "pubsub_agent" {
  description = "IAM member of Pub/Sub's service agent in this project."
  type        = string

  validation {
    condition     = startswith(var.pubsub_agent, "serviceAccount:")
    error_message = "The service agent is given as an IAM member: serviceAccount: and its address."
  }
}

variable "region" {
  description = "Region of the function."
  type        = string
}

variable "retry" {
  description = "How Pub/Sub delivers again: the wait doubles from the minimum to the maximum, and after the last attempt the message becomes a dead letter."
  type = object({
    maximum_attempts        = optional(number, 20)
    maximum_backoff_seconds = optional(number, 600)
    minimum_backoff_seconds = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.retry.maximum_attempts >= 5 && var.retry.maximum_attempts <= 100
    error_message = "Pub/Sub makes a message a dead letter after 5 to 100 attempts."
  }

  validation {
    condition     = var.retry.minimum_backoff_seconds >= 1 && var.retry.minimum_backoff_seconds <= var.retry.maximum_backoff_seconds && var.retry.maximum_backoff_seconds <= 600
    error_message = "The backoff grows from at least 1 second to at most 600, and the minimum does not exceed the maximum."
  }

  # Attempts have one wait between each two of them.
  validation {
    condition = sum([
      for attempt in range(var.retry.maximum_attempts - 1) :
      min(var.retry.maximum_backoff_seconds, var.retry.minimum_backoff_seconds * pow(2, attempt))
    ]) > var.lease_seconds
    error_message = "All waits together must exceed the lease; otherwise the event of a crashed worker becomes a dead letter while that worker's lease is still held."
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

variable "timeout_seconds" {
  description = "After how many seconds a request is cut off."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 540
    error_message = "A timeout lasts 1 to 540 seconds, the limit of Cloud Functions for events."
  }
}

variable "topic" {
  description = "Full resource name of the topic whose messages the function handles."
  type        = string
}
