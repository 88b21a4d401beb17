data "google_project" "this" {
  project_id = var.project_id
}

data "google_storage_project_service_account" "this" {
  project = var.project_id
}

locals {
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"

  publishers = {
    emotion           = { member = local.workers.emotion.member, topic = "analyses" }
    insights          = { member = local.workers.insights.member, topic = "insights" }
    recordings        = { member = "serviceAccount:${data.google_storage_project_service_account.this.email_address}", topic = "recordings" }
    summarization     = { member = local.workers.summarization.member, topic = "analyses" }
    transcription     = { member = local.workers.transcription.member, topic = "transcripts" }
    transcription-job = { member = local.workers.transcription-job.member, topic = "transcripts" }
  }
}

# Retries and replays set a stage off again; a reprocessing tells consumers when it is asked to.
resource "google_pubsub_topic_iam_member" "operators_publish" {
  for_each = { for pair in setproduct(keys(google_pubsub_topic.this), var.operators) : join(" ", pair) => pair }

  project = var.project_id
  topic   = google_pubsub_topic.this[each.value[0]].name
  role    = "roles/pubsub.publisher"
  member  = each.value[1]
}

resource "google_pubsub_topic" "this" {
  for_each = toset(["analyses", "insights", "recordings", "transcripts"])

  name         = "${var.name}-${each.key}"
  project      = var.project_id
  kms_key_name = local.kms_key

  # Pointers name people's objects: they stay where the objects are.
  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

resource "google_pubsub_topic_iam_member" "publishes" {
  for_each = local.publishers

  project = var.project_id
  topic   = google_pubsub_topic.this[each.value.topic].name
  role    = "roles/pubsub.publisher"
  member  = each.value.member
}

# Fires once for each generation of an object, may repeat and reorder.
resource "google_storage_notification" "recordings" {
  bucket         = module.recordings.name
  event_types    = ["OBJECT_FINALIZE"]
  payload_format = "JSON_API_V1"
  topic          = google_pubsub_topic.this["recordings"].id

  depends_on = [google_pubsub_topic_iam_member.publishes]
}
