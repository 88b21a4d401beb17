output "delivery" {
  description = "Address of the service account that builds and publishes."
  value       = google_service_account.delivery.email
}

output "deployer" {
  description = "Address of the service account that plans and applies."
  value       = google_service_account.deployer.email
}

output "images" {
  description = "Where the jobs' images are pushed to: `{this}/transcription`, `{this}/modelling`."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.jobs.repository_id}"
}

output "state_bucket" {
  description = "Name of the bucket that keeps Terraform's state."
  value       = module.state.name
}

output "workload_identity_provider" {
  description = "Full resource name of the provider that workflows authenticate with."
  value       = google_iam_workload_identity_pool_provider.github.name
}
