resource "google_pubsub_topic" "dead_letters" {
  name         = "${var.name}-dead-letters"
  project      = var.project_id
  kms_key_name = var.kms_key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_topic_iam_member" "pubsub_publishes_dead_letters" {
  project = var.project_id
  topic   = google_pubsub_topic.dead_letters.name
  role    = "roles/pubsub.publisher"
  member  = var.pubsub_agent
}

# A topic drops what nobody subscribes to.
resource "google_pubsub_subscription" "dead_letters" {
  name    = "${var.name}-dead-letters"
  project = var.project_id
  topic   = google_pubsub_topic.dead_letters.id

  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s" # 31 days, the most there is

  expiration_policy {
    ttl = ""
  }
}

# To look at them, and to replay them: a dead letter is taken away by whoever acknowledges it.
resource "google_pubsub_subscription_iam_member" "operators_take_dead_letters" {
  for_each = var.operators

  project      = var.project_id
  subscription = google_pubsub_subscription.dead_letters.name
  role         = "roles/pubsub.subscriber"
  member       = each.value
}
