# Each alert is named like its runbook. Ratios are of what happened within the period: with little traffic, one event is a
# large share.
locals {
  condition = {
    aligner     = "ALIGN_MAX"
    denominator = null
    duration    = "0s"
    period      = "300s"
    reducer     = "REDUCE_MAX"
  }

  alerts = {
    dead-letters = {
      says     = "A message was given up after its last attempt and lies in a dead-letter subscription. Its recording has no result."
      severity = "CRITICAL"
      title    = "dead letters"
      conditions = {
        for stage, function in var.functions : stage => merge(local.condition, {
          filter    = "${local.subscription_count} AND resource.labels.subscription_id=\"${function}-dead-letters\""
          threshold = 0
        })
      }
    }

    error-ratio = {
      says     = "Of a stage's deliveries, more than ${var.limits.error_ratio * 100} % ended in an error and come again. A lease held by another worker is none."
      severity = "ERROR"
      title    = "errors"
      conditions = {
        for stage, function in var.functions : stage => merge(local.condition, {
          aligner     = "ALIGN_DELTA"
          denominator = "${local.logged.deliveries} AND metric.labels.stage=\"${stage}\""
          filter      = "${local.logged.deliveries} AND metric.labels.stage=\"${stage}\" AND metric.labels.outcome=\"retry\" AND metric.labels.error!=\"lease_held\""
          period      = "600s"
          reducer     = "REDUCE_SUM"
          threshold   = var.limits.error_ratio
        })
      }
    }

    failed-jobs = {
      says     = "An execution of a job failed: a task of it used up its retries."
      severity = "ERROR"
      title    = "failed jobs"
      conditions = {
        for kind, job in var.jobs : kind => merge(local.condition, {
          aligner   = "ALIGN_DELTA"
          filter    = "${local.run_executions} AND resource.labels.job_name=\"${job}\" AND metric.labels.result=\"failed\""
          reducer   = "REDUCE_SUM"
          threshold = 0
        })
      }
    }

    fallback-rate = {
      says     = "More than ${var.limits.fallback_ratio * 100} % of the summaries were to be written by a model and were not, for the model failed or its text did not hold."
      severity = "WARNING"
      title    = "fallbacks"
      # In a language that the model cannot write, the other summary is what is wanted, and without a model too, unless
      # one is expected: then the store has lost it.
      conditions = {
        summarization = merge(local.condition, {
          aligner     = "ALIGN_DELTA"
          denominator = "${local.logged.results} AND metric.labels.stage=\"summarization\""
          filter      = "${local.logged.fallbacks} AND metric.labels.stage=\"summarization\" AND metric.labels.reason!=\"unsupported_language\"${var.summary_model_expected ? "" : " AND metric.labels.reason!=\"no_model\""}"
          period      = "3600s"
          reducer     = "REDUCE_SUM"
          threshold   = var.limits.fallback_ratio
        })
      }
    }

    oldest-unacked = {
      says     = "A stage's oldest message has waited for more than ${var.limits.unacked_age_seconds} s. Either more arrives than is worked off, or a message fails again and again."
      severity = "ERROR"
      title    = "messages that wait"
      conditions = {
        for stage, function in var.functions : stage => merge(local.condition, {
          duration  = "300s"
          filter    = "${local.subscription_age} AND resource.labels.subscription_id=\"${function}\""
          period    = "60s"
          threshold = var.limits.unacked_age_seconds
        })
      }
    }

    p95-latency = {
      says     = "The slowest twentieth of a stage's results took longer than it should."
      severity = "WARNING"
      title    = "latency"
      conditions = {
        for stage, function in var.functions : stage => merge(local.condition, {
          aligner   = "ALIGN_DELTA"
          filter    = "${local.logged.latency} AND metric.labels.stage=\"${stage}\" AND metric.labels.outcome=\"committed\""
          period    = "600s"
          reducer   = "REDUCE_PERCENTILE_95"
          threshold = var.limits.p95_seconds[stage] * 1000
        })
      }
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.emails

  display_name = each.value
  project      = var.project_id
  type         = "email"
  labels       = { email_address = each.value }
  user_labels  = { pipeline = var.name }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  combiner              = "OR"
  display_name          = "${var.name}: ${each.value.title}"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]
  project               = var.project_id
  severity              = each.value.severity
  user_labels           = { pipeline = var.name }

  alert_strategy {
    auto_close = "86400s"
  }

  dynamic "conditions" {
    for_each = each.value.conditions

    content {
      display_name = conditions.key

      condition_threshold {
        comparison         = "COMPARISON_GT"
        denominator_filter = conditions.value.denominator
        duration           = conditions.value.duration
        filter             = conditions.value.filter
        threshold_value    = conditions.value.threshold

        aggregations {
          alignment_period     = conditions.value.period
          cross_series_reducer = conditions.value.reducer
          per_series_aligner   = conditions.value.aligner
        }

        dynamic "denominator_aggregations" {
          for_each = conditions.value.denominator[*]

          content {
            alignment_period     = conditions.value.period
            cross_series_reducer = conditions.value.reducer
            per_series_aligner   = conditions.value.aligner
          }
        }
      }
    }
  }

  documentation {
    content   = "${each.value.says}\n\nWhat to do: ${var.runbooks}/${each.key}.md"
    mime_type = "text/markdown"
  }
}
