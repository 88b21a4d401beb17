output "name" {
  description = "Name of the job."
  value       = google_cloud_run_v2_job.this.name
}

output "runtime_member" {
  description = "IAM member of the identity that the job runs as."
  value       = google_service_account.runtime.member
}
