output "dead_letter_subscription" {
  description = "Full resource name of the subscription that keeps the dead letters."
  value       = google_pubsub_subscription.dead_letters.id
}

output "name" {
  description = "Name of the function, of its Cloud Run service and of its push subscription."
  value       = google_cloudfunctions2_function.this.name
}

output "runtime_member" {
  description = "IAM member of the identity that the function runs as."
  value       = google_service_account.runtime.member
}

output "uri" {
  description = "Address of the function; it answers only to its own push identity."
  value       = google_cloudfunctions2_function.this.service_config[0].uri
}
