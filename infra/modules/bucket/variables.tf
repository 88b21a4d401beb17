variable "access" {
  description = "Who may do what, by a name of your choice: `creates` adds objects below the prefixes and never overwrites, `reads` reads them, `replaces` reads, writes and deletes them. A prefix ends with `/`; the empty one is the whole bucket."
  type = map(object({
    creates  = optional(list(string), [])
    member   = string
    reads    = optional(list(string), [])
    replaces = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue(flatten([
      for access in var.access : [
        for prefix in concat(access.creates, access.reads, access.replaces) : prefix == "" || can(regex("^[a-z][a-z0-9/-]*/$", prefix))
      ]
    ]))
    error_message = "A prefix is empty or ends with a slash, starts with a letter, and holds only lower-case letters, digits, hyphens and slashes."
  }

  validation {
    condition = alltrue(flatten([
      for access in var.access : [for verb in ["creates", "reads", "replaces"] : length(access[verb]) <= 12]
    ]))
    error_message = "An IAM condition holds at most 12 logical operators, so one verb takes at most 12 prefixes."
  }

  validation {
    condition     = var.lifecycle_days.keep == null || length(flatten([for access in var.access : access.replaces])) == 0
    error_message = "Who replaces objects cannot work in a bucket that keeps them as they are."
  }
}

variable "kms_key" {
  description = "Full resource name of the Cloud KMS key that encrypts new objects; null leaves it to Google's keys."
  type        = string
  default     = null
}

variable "lifecycle_days" {
  description = "After how many days Cloud Storage deletes live objects (`delete`), and versions that were overwritten or deleted (`delete_noncurrent`); null keeps them for ever. For `keep` days nobody can delete or overwrite an object; null lets them at once."
  type = object({
    delete            = optional(number)
    delete_noncurrent = optional(number)
    keep              = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for days in values(var.lifecycle_days) : days == null ? true : days >= 1 && floor(days) == days
    ])
    error_message = "Objects are kept and deleted after a whole number of days, at least 1."
  }

  validation {
    condition     = var.lifecycle_days.keep == null || var.lifecycle_days.delete == null ? true : var.lifecycle_days.keep <= var.lifecycle_days.delete
    error_message = "What is deleted after some days cannot be kept for longer."
  }

  validation {
    condition     = var.lifecycle_days.delete_noncurrent == null || var.versioned
    error_message = "Only a versioned bucket has noncurrent versions to delete."
  }
}

variable "location" {
  description = "Region or multi-region of the bucket, e.g. `europe-west1` or `EU`."
  type        = string
}

variable "name" {
  description = "Name of the bucket, unique in all of Cloud Storage."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "project_id" {
  description = "Project that owns the bucket."
  type        = string
}

variable "soft_delete_days" {
  description = "For how many days a deleted object can be restored; 0 switches that off."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.soft_delete_days == 0 || (var.soft_delete_days >= 7 && var.soft_delete_days <= 90)
    error_message = "Cloud Storage keeps deleted objects for 7 to 90 days, or not at all with 0."
  }
}

variable "upload_origins" {
  description = "Origins, e.g. `https://journal.example`, from which browsers may upload to a signed URL."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.upload_origins : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "An origin is https:// and a host, without path, and never *: whoever holds a signed URL could use it from any page."
  }
}

variable "versioned" {
  description = "Whether overwritten and deleted objects stay as noncurrent versions."
  type        = bool
  default     = false
  nullable    = false
}
