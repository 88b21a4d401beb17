resource "google_pubsub_subscription" "push" {
  name    = var.name
  project = var.project_id
  topic   = var.topic

  # For a push this is how long Pub/Sub waits for the answer: the most there is, and longer than any timeout.
  ack_deadline_seconds       = 600
  message_retention_duration = "604800s" # 7 days: what cannot be handled is a dead letter long before

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters.id
    max_delivery_attempts = var.retry.maximum_attempts
  }

  # Never: a subscription that expires after 31 quiet days loses whatever comes on the 32nd.
  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = google_cloudfunctions2_function.this.service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.push.email
    }
  }

  retry_policy {
    maximum_backoff = "${var.retry.maximum_backoff_seconds}s"
    minimum_backoff = "${var.retry.minimum_backoff_seconds}s"
  }

  depends_on = [
    google_cloud_run_v2_service_iam_member.push_invokes,
    google_pubsub_topic_iam_member.pubsub_publishes_dead_letters,
    google_service_account_iam_member.pubsub_signs_as_push,
  ]
}

# Pub/Sub takes a message that it makes a dead letter off this subscription.
resource "google_pubsub_subscription_iam_member" "pubsub_takes_dead_letters" {
  project      = var.project_id
  subscription = google_pubsub_subscription.push.name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}
