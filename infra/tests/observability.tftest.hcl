mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  emails    = ["team@example.org"]
  functions = { emotion = "samo-dev-emotion", summarization = "samo-dev-summarization" }
  jobs      = { modelling = "samo-dev-modelling" }
  limits = {
    error_ratio         = 0.05
    fallback_ratio      = 0.1
    p95_seconds         = { emotion = 10, summarization = 30 }
    unacked_age_seconds = 1800
  }
  name       = "samo-dev"
  project_id = "a-project"
  runbooks   = "https://example.org/runbooks"
}

run "every_alert_tells_somebody_what_to_do" {
  module {
    source = "./modules/observability"
  }

  assert {
    condition = alltrue([
      for alert, policy in google_monitoring_alert_policy.this : strcontains(policy.documentation[0].content, "https://example.org/runbooks/${alert}.md")
    ])
    error_message = "An alert links the runbook of its name."
  }

  assert {
    condition = alltrue([
      for policy in google_monitoring_alert_policy.this : tolist(policy.notification_channels) == tolist([google_monitoring_notification_channel.email["team@example.org"].id])
    ])
    error_message = "Every alert goes to every address."
  }
}

run "a_ratio_is_of_what_happened_to_the_same_stage" {
  module {
    source = "./modules/observability"
  }

  assert {
    condition = alltrue([
      for condition in google_monitoring_alert_policy.this["error-ratio"].conditions : (
        strcontains(condition.condition_threshold[0].filter, "metric.labels.stage=\"${condition.display_name}\"") &&
        strcontains(condition.condition_threshold[0].denominator_filter, "metric.labels.stage=\"${condition.display_name}\"") &&
        condition.condition_threshold[0].aggregations == condition.condition_threshold[0].denominator_aggregations
      )
    ])
    error_message = "Both sides of a ratio count the same stage over the same time."
  }
}

run "a_ratio_beyond_one_is_refused" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    limits = { error_ratio = 5, fallback_ratio = 0.1, p95_seconds = { emotion = 10, summarization = 30 }, unacked_age_seconds = 1800 }
  }

  expect_failures = [var.limits]
}

run "a_stage_without_a_limit_for_its_latency_is_refused" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    limits = { error_ratio = 0.05, fallback_ratio = 0.1, p95_seconds = { emotion = 10 }, unacked_age_seconds = 1800 }
  }

  expect_failures = [var.limits]
}
