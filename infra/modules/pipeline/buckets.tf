locals {
  # Bucket names are global, and a project's id already is.
  bucket_prefix = "${var.project_id}-${var.name}"
}

# What people upload. Results never go here: each would be announced as another recording.
module "recordings" {
  source = "../bucket"

  access         = local.access.recordings
  lifecycle_days = { delete = var.retention_days.recordings }
  location       = var.region
  name           = "${local.bucket_prefix}-recordings"
  project_id     = var.project_id
}

# What the stages make of it.
module "results" {
  source = "../bucket"

  access         = local.access.results
  lifecycle_days = { delete = var.retention_days.results }
  location       = var.region
  name           = "${local.bucket_prefix}-results"
  project_id     = var.project_id
}

# The published models. A channel is a file that is overwritten; its versions say which model served whom, and when.
module "models" {
  source = "../bucket"

  access         = local.access.models
  lifecycle_days = { delete_noncurrent = var.retention_days.noncurrent_models }
  location       = var.region
  name           = "${local.bucket_prefix}-models"
  project_id     = var.project_id
  versioned      = true
}

# One small object for each recording that is being worked on. None is worth restoring, and soft deletion would bill
# each for a week. A lease lasts minutes; what is a day old was left by a crash and is long expired.
module "leases" {
  source = "../bucket"

  access           = local.access.leases
  lifecycle_days   = { delete = 1 }
  location         = var.region
  name             = "${local.bucket_prefix}-leases"
  project_id       = var.project_id
  soft_delete_days = 0
}

# The functions' source archives, named by content: kept, so that an earlier deployment can be made again.
module "artefacts" {
  source = "../bucket"

  access = {
    for member in var.artefact_publishers : member => {
      creates = [""]
      member  = member
      reads   = [""]
    }
  }
  location   = var.region
  name       = "${local.bucket_prefix}-artefacts"
  project_id = var.project_id
}
