resource "google_storage_bucket" "this" {
  name     = var.name
  project  = var.project_id
  location = var.location

  force_destroy               = false
  public_access_prevention    = "enforced"
  uniform_bucket_level_access = true

  # Browsers that upload to a signed URL, from these origins alone.
  dynamic "cors" {
    for_each = length(var.upload_origins) > 0 ? [sort(var.upload_origins)] : []

    content {
      max_age_seconds = 3600
      method          = ["POST", "PUT"]
      origin          = cors.value
      response_header = ["Content-Type", "x-goog-resumable"]
    }
  }

  dynamic "encryption" {
    for_each = var.kms_key[*]

    content {
      default_kms_key_name = encryption.value
    }
  }

  # Not locked: an administrator can still shorten it.
  dynamic "retention_policy" {
    for_each = var.lifecycle_days.keep[*]

    content {
      retention_period = tostring(retention_policy.value * 24 * 60 * 60)
    }
  }

  soft_delete_policy {
    retention_duration_seconds = var.soft_delete_days * 24 * 60 * 60
  }

  versioning {
    enabled = var.versioned
  }

  dynamic "lifecycle_rule" {
    for_each = var.lifecycle_days.delete[*]

    content {
      action {
        type = "Delete"
      }

      condition {
        age        = lifecycle_rule.value
        with_state = "LIVE"
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = var.lifecycle_days.delete_noncurrent[*]

    content {
      action {
        type = "Delete"
      }

      condition {
        days_since_noncurrent_time = lifecycle_rule.value
        with_state                 = "ARCHIVED"
      }
    }
  }

  # What an interrupted upload left behind is invisible and billed.
  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }

    condition {
      age = 1
    }
  }
}
