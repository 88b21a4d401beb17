variable "deploying_ref" {
  description = "Git ref whose runs may deploy; those of any other may build and publish, and change nothing."
  type        = string
  default     = "refs/heads/main"
  nullable    = false

  validation {
    condition     = can(regex("^refs/(heads|tags)/[^*\\s]+$", var.deploying_ref))
    error_message = "A ref is written out, like refs/heads/main."
  }
}

variable "kms_key" {
  description = "Full resource name of a Cloud KMS key in the same region that encrypts the state and the jobs' images; null leaves that to Google's keys."
  type        = string
  default     = null
}

variable "project_id" {
  description = "Project that one or more environments will live in."
  type        = string
}

variable "region" {
  description = "Region of the state and of the jobs' images."
  type        = string
  default     = "europe-west1"
  nullable    = false
}

variable "repository" {
  description = "Repository on GitHub, `owner/name`, whose workflows may act as the identities below."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.repository))
    error_message = "A repository is written owner/name; every workflow of an owner would be too many."
  }
}
