output "dead_letter_subscription" {
  description = "Full resource name of the subscription that keeps the dead letters."
  value       = google_pubsub_subscription.dead_letters.id
}

output "runtime_member" {
  description = "IAM member of the identity that the function runs as."
  value       = google_service_account.runtime.member
}

output "uri" {
  description = "Address of the function; it answers only to its own push identity."
  value       = google_cloudfunctions2_function.this.service_config[0].uri
}
