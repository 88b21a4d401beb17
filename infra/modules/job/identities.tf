# What the job may do. Its grants stand beside the resources that it uses.
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

# To execute and to override, on this job alone; not to change it. Whoever executes a job need not be allowed to act as
# its identity: that is asked of those who change it.
resource "google_cloud_run_v2_job_iam_member" "launches" {
  for_each = var.launchers

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.this.name
  role     = "roles/run.jobsExecutorWithOverrides"
  member   = each.value
}
