# Every figure comes from the canonical line, which each delivery ends with: shared/samo/canonical_log.py. A test runs the
# stages and finds every field that is named here in a line that they wrote.
locals {
  services = join(" OR ", [for stage, name in var.functions : "\"${name}\""])
  line     = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=(${local.services}) AND jsonPayload.outcome:*"

  # `value` makes a distribution of a field, with finite buckets from `from` upwards; without it, lines are counted.
  metrics = {
    attempts = {
      description = "Which attempt a delivery was"
      labels      = { stage = "stage" }
      only        = "jsonPayload.attempt:*"
      value       = { field = "attempt", from = 1, growth = 1.25, steps = 16, unit = "1" }
    }
    cold_starts = {
      description = "Deliveries that an instance had to start for"
      labels      = { stage = "stage" }
      only        = "jsonPayload.cold_start=true"
      value       = null
    }
    deliveries = {
      description = "Deliveries, and how they ended"
      labels      = { error = "error", outcome = "outcome", stage = "stage" }
      only        = null
      value       = null
    }
    fallbacks = {
      description = "Summaries that were not made in the way that was asked for, and why"
      labels      = { reason = "fallback", stage = "stage" }
      only        = "jsonPayload.fallback:*"
      value       = null
    }
    latency = {
      description = "How long deliveries took"
      labels      = { outcome = "outcome", stage = "stage" }
      only        = null
      value       = { field = "elapsed_ms", from = 1, growth = 1.4, steps = 42, unit = "ms" } # to 1,400 s
    }
    model_load = {
      description = "How long models took to load, in deliveries that had to load one"
      labels      = { stage = "stage" }
      only        = "jsonPayload.load_ms:*"
      value       = { field = "load_ms", from = 10, growth = 1.4, steps = 30, unit = "ms" } # to 240 s
    }
    results = {
      description = "Results, and which engine and model version made them"
      labels      = { engine = "engine", model_version = "model_version", stage = "stage" }
      only        = "jsonPayload.outcome=\"committed\""
      value       = null
    }
  }
}

resource "google_logging_metric" "this" {
  for_each = local.metrics

  name             = "${var.name}/${each.key}"
  project          = var.project_id
  description      = each.value.description
  filter           = join(" AND ", compact([local.line, each.value.only]))
  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(jsonPayload.${field})" }
  value_extractor  = each.value.value == null ? null : "EXTRACT(jsonPayload.${each.value.value.field})"

  dynamic "bucket_options" {
    for_each = each.value.value[*]

    content {
      exponential_buckets {
        growth_factor      = bucket_options.value.growth
        num_finite_buckets = bucket_options.value.steps
        scale              = bucket_options.value.from
      }
    }
  }

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = each.value.value == null ? "1" : each.value.value.unit
    value_type  = each.value.value == null ? "INT64" : "DISTRIBUTION"

    dynamic "labels" {
      for_each = each.value.labels

      content {
        key        = labels.key
        value_type = "STRING"
      }
    }
  }
}

locals {
  # As Cloud Monitoring names them.
  logged = {
    for key, metric in google_logging_metric.this :
    key => "metric.type=\"logging.googleapis.com/user/${metric.name}\" AND resource.type=\"cloud_run_revision\""
  }
  run_executions     = "metric.type=\"run.googleapis.com/job/completed_execution_count\" AND resource.type=\"cloud_run_job\""
  run_instances      = "metric.type=\"run.googleapis.com/container/instance_count\" AND resource.type=\"cloud_run_revision\""
  subscription_age   = "metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.type=\"pubsub_subscription\""
  subscription_count = "metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.type=\"pubsub_subscription\""
}
