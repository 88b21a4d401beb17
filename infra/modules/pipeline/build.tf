# Cloud Functions copies an archive to a bucket of its own and lets Cloud Build make an image of it. That runs as this
# identity, not as the project's default one, which may do far more, or nothing where an organisation forbids it.
resource "google_service_account" "build" {
  account_id   = "${var.name}-build"
  project      = var.project_id
  display_name = "Builds the images of the ${var.name} functions"
}

resource "google_artifact_registry_repository" "functions" {
  repository_id = "${var.name}-functions"
  project       = var.project_id
  location      = var.region
  description   = "Images of the ${var.name} functions"
  format        = "DOCKER"
  kms_key_name  = local.kms_key

  # An image can be made again from its archive. The newest stay, however old, for they are what runs.
  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "2592000s" # 30 days
    }
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 5
    }
  }
}

resource "google_artifact_registry_repository_iam_member" "build_writes" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.functions.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

resource "google_project_iam_member" "build_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

resource "google_project_iam_member" "build_reads_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title      = "reads the sources of functions"
    expression = "resource.name.startsWith(\"projects/_/buckets/gcf-v2-sources-${data.google_project.this.number}-${var.region}\")"
  }
}
