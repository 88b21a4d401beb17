# An identity of its own, so that the log says who launched an execution.
resource "google_service_account" "scheduler" {
  count = var.schedule == null ? 0 : 1

  account_id   = "${var.name}-cron"
  project      = var.project_id
  display_name = "Executes ${var.name} on schedule"
}

# It executes the job as it stands, and overrides nothing.
resource "google_cloud_run_v2_job_iam_member" "scheduler_executes" {
  count = length(google_service_account.scheduler)

  project  = var.project_id
  location = var.region
  name     = google_cloud_run_v2_job.this.name
  role     = "roles/run.jobsExecutor"
  member   = google_service_account.scheduler[count.index].member
}

resource "google_cloud_scheduler_job" "this" {
  count = length(google_service_account.scheduler)

  name             = var.name
  project          = var.project_id
  region           = var.region
  description      = "Executes the job ${var.name}"
  paused           = var.schedule.paused
  schedule         = var.schedule.cron
  time_zone        = var.schedule.time_zone
  attempt_deadline = "60s" # for the answer that the execution has begun, not for its end

  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/projects/${var.project_id}/locations/${var.region}/jobs/${var.name}:run"

    oauth_token {
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
      service_account_email = google_service_account.scheduler[count.index].email
    }
  }

  # A second execution beside the first would do the same work twice.
  retry_config {
    retry_count = 0
  }

  depends_on = [google_cloud_run_v2_job_iam_member.scheduler_executes]
}
