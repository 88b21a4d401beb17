# Builds, tests and publishes; changes nothing that runs. Each pipeline lets it add archives to its bucket
# (`artefact_publishers`).
resource "google_service_account" "delivery" {
  account_id   = "samo-delivery"
  project      = var.project_id
  display_name = "Builds and publishes samo's artefacts"

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "delivery_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.delivery.member
}

# `gcloud builds submit` puts the sources there.
resource "google_project_iam_member" "delivery_reads_sources" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = google_service_account.delivery.member

  condition {
    title      = "reads the sources of builds"
    expression = "resource.name.startsWith(\"projects/_/buckets/${var.project_id}_cloudbuild\")"
  }
}
