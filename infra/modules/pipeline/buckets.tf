locals {
  # Bucket names are global, and a project's id already is.
  bucket_prefix = "${var.project_id}-${var.name}"
}

# What people upload. Results never go here: each would be announced as another recording.
module "recordings" {
  source = "../bucket"

  access         = local.access.recordings
  kms_key        = local.kms_key
  lifecycle_days = { delete = var.retention_days.recordings }
  location       = var.region
  name           = "${local.bucket_prefix}-recordings"
  project_id     = var.project_id
  upload_origins = var.upload_origins
}

# What the stages make of it.
module "results" {
  source = "../bucket"

  access         = local.access.results
  kms_key        = local.kms_key
  lifecycle_days = { delete = var.retention_days.results }
  location       = var.region
  name           = "${local.bucket_prefix}-results"
  project_id     = var.project_id
}

# The published models. A channel is a file that is overwritten; its versions say which model served whom, and when.
module "models" {
  source = "../bucket"

  access         = local.access.models
  kms_key        = local.kms_key
  lifecycle_days = { delete_noncurrent = var.retention_days.noncurrent_models }
  location       = var.region
  name           = "${local.bucket_prefix}-models"
  project_id     = var.project_id
  versioned      = true
}

# One small object for each recording that is being worked on, and the checkpoints of long ones, which hold what was said.
# Both are deleted when the work is done. What is days old was left by a crash; it is nobody's any more, and none of it may
# be restorable.
module "leases" {
  source = "../bucket"

  access           = local.access.leases
  kms_key          = local.kms_key
  lifecycle_days   = { delete = var.retention_days.checkpoints }
  location         = var.region
  name             = "${local.bucket_prefix}-leases"
  project_id       = var.project_id
  soft_delete_days = 0
}

# The functions' source archives, named by content: kept, so that an earlier deployment can be made again. Below data/ the
# data sets that models are trained on.
module "artefacts" {
  source = "../bucket"

  access = merge(
    local.access.artefacts,
    { for member in setunion(var.artefact_publishers, var.artefact_readers) : member => {
      creates = contains(var.artefact_publishers, member) ? [""] : []
      member  = member
      reads   = [""]
    } },
  )
  kms_key        = local.kms_key
  lifecycle_days = { keep = var.retention_days.artefacts }
  location       = var.region
  name           = "${local.bucket_prefix}-artefacts"
  project_id     = var.project_id
}
