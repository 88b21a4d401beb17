# The jobs' images. They are pushed before the first environment exists, and one that was tested in one environment is what
# the next one runs.
resource "google_artifact_registry_repository" "jobs" {
  repository_id = "samo-jobs"
  project       = var.project_id
  location      = var.region
  description   = "Images of the samo jobs"
  format        = "DOCKER"
  kms_key_name  = local.kms_key

  docker_config {
    immutable_tags = true
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "7776000s" # 90 days
    }
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 10
    }
  }

  depends_on = [google_project_service.this]
}

resource "google_artifact_registry_repository_iam_member" "delivery_pushes" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.jobs.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.delivery.member
}

# Whoever makes a job must be able to read its image.
resource "google_artifact_registry_repository_iam_member" "deployer_pulls" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.jobs.name
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.deployer.member
}
