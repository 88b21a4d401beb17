# What the function may do. Its grants stand beside the resources that it uses.
resource "google_service_account" "runtime" {
  account_id   = var.name
  project      = var.project_id
  display_name = "Runs ${var.name}"
}

resource "google_secret_manager_secret_iam_member" "runtime_reads" {
  for_each = toset([for secret in var.secrets : secret.secret])

  project   = var.project_id
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.runtime.member
}

# Who may call the function: nobody but this one.
resource "google_service_account" "push" {
  account_id   = "${var.name}-push"
  project      = var.project_id
  display_name = "Pushes messages to ${var.name}"
}

resource "google_cloud_run_v2_service_iam_member" "push_invokes" {
  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.this.name # its Cloud Run service has the same name
  role     = "roles/run.invoker"
  member   = google_service_account.push.member
}

resource "google_service_account_iam_member" "pubsub_signs_as_push" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = var.pubsub_agent
}
