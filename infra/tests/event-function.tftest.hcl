mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  artefact = {
    bucket = "a-project-artefacts"
    object = "emotion-0.zip"
  }
  build = {
    repository      = "projects/a-project/locations/europe-west1/repositories/functions"
    service_account = "projects/a-project/serviceAccounts/build@a-project.iam.gserviceaccount.com"
  }
  environment     = { SAMO_LEASE_S = "600" }
  instances       = { memory = "1Gi" }
  lease_seconds   = 600
  name            = "samo-dev-emotion"
  project_id      = "a-project"
  pubsub_agent    = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
  region          = "europe-west1"
  timeout_seconds = 540
  topic           = "projects/a-project/topics/samo-dev-transcripts"
}

run "only_the_push_identity_calls_the_function_and_only_from_inside" {
  module {
    source = "./modules/event-function"
  }

  assert {
    condition = (
      google_cloud_run_v2_service_iam_member.push_invokes.member == google_service_account.push.member &&
      google_cloud_run_v2_service_iam_member.push_invokes.role == "roles/run.invoker" &&
      google_pubsub_subscription.push.push_config[0].oidc_token[0].service_account_email == google_service_account.push.email
    )
    error_message = "The identity that pushes is the one that may invoke."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "Nobody calls the function from the internet."
  }

  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].service_account_email == google_service_account.runtime.email
    error_message = "The function runs as its own identity."
  }

  assert {
    condition = (
      google_service_account_iam_member.pubsub_signs_as_push.service_account_id == google_service_account.push.name &&
      google_service_account_iam_member.pubsub_signs_as_push.member == var.pubsub_agent
    )
    error_message = "Pub/Sub signs tokens as the push identity and as no other."
  }
}

run "what_cannot_be_handled_is_kept_as_a_dead_letter" {
  module {
    source = "./modules/event-function"
  }

  assert {
    condition = (
      google_pubsub_subscription.push.dead_letter_policy[0].dead_letter_topic == google_pubsub_topic.dead_letters.id &&
      google_pubsub_subscription.dead_letters.topic == google_pubsub_topic.dead_letters.id
    )
    error_message = "The dead-letter topic has a subscription of its own; otherwise it drops what it gets."
  }

  assert {
    condition = (
      google_pubsub_subscription.dead_letters.expiration_policy[0].ttl == "" &&
      google_pubsub_subscription.push.expiration_policy[0].ttl == ""
    )
    error_message = "Neither subscription expires in a quiet month."
  }

  assert {
    condition = (
      google_pubsub_topic_iam_member.pubsub_publishes_dead_letters.member == var.pubsub_agent &&
      google_pubsub_topic_iam_member.pubsub_publishes_dead_letters.role == "roles/pubsub.publisher" &&
      google_pubsub_subscription_iam_member.pubsub_takes_dead_letters.subscription == google_pubsub_subscription.push.name &&
      google_pubsub_subscription_iam_member.pubsub_takes_dead_letters.role == "roles/pubsub.subscriber"
    )
    error_message = "Pub/Sub's service agent may take messages off the source and publish them as dead letters."
  }
}

run "pubsub_waits_longer_for_an_answer_than_a_function_may_run" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  assert {
    condition     = google_pubsub_subscription.push.ack_deadline_seconds > google_cloudfunctions2_function.this.service_config[0].timeout_seconds
    error_message = "An ack deadline below the timeout delivers again what is still being worked on."
  }
}

run "a_timeout_beyond_the_limit_for_events_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    lease_seconds   = 1200
    timeout_seconds = 541
  }

  expect_failures = [var.timeout_seconds]
}

run "a_lease_that_may_end_before_its_worker_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    lease_seconds = 599
  }

  expect_failures = [var.lease_seconds]
}

# 10 + 20 + 40 + 80 = 150 seconds.
run "redelivery_that_gives_up_while_a_lease_is_held_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    retry = { maximum_attempts = 5 }
  }

  expect_failures = [var.retry]
}

# 40 + 80 + 160 + 320 = 600 seconds: equal is not enough.
run "redelivery_that_gives_up_as_the_lease_ends_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    retry = { maximum_attempts = 5, minimum_backoff_seconds = 40 }
  }

  expect_failures = [var.retry]
}

run "redelivery_that_outlasts_the_lease_is_accepted" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    retry = { maximum_attempts = 5, minimum_backoff_seconds = 41 }
  }

  assert {
    condition     = google_pubsub_subscription.push.dead_letter_policy[0].max_delivery_attempts == 5
    error_message = "Five attempts are enough if the waits between them exceed the lease."
  }
}

run "more_attempts_than_pubsub_counts_are_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    retry = { maximum_attempts = 101 }
  }

  expect_failures = [var.retry]
}

run "a_share_of_a_vcpu_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    instances = { cpu = 0.5, memory = "1Gi" }
  }

  expect_failures = [var.instances]
}

run "a_secret_is_a_numbered_version_that_the_function_alone_may_read" {
  module {
    source = "./modules/event-function"
  }

  variables {
    secrets = { SAMO_WEBHOOK_TOKEN = { secret = "webhook-token", version = "3" } }
  }

  assert {
    condition = (
      google_cloudfunctions2_function.this.service_config[0].secret_environment_variables[0].key == "SAMO_WEBHOOK_TOKEN" &&
      google_cloudfunctions2_function.this.service_config[0].secret_environment_variables[0].secret == "webhook-token" &&
      google_cloudfunctions2_function.this.service_config[0].secret_environment_variables[0].version == "3"
    )
    error_message = "The variable comes from version 3 of the secret."
  }

  assert {
    condition = (
      google_secret_manager_secret_iam_member.runtime_reads["webhook-token"].member == google_service_account.runtime.member &&
      google_secret_manager_secret_iam_member.runtime_reads["webhook-token"].role == "roles/secretmanager.secretAccessor"
    )
    error_message = "The identity that runs may read that secret."
  }
}

run "the_latest_version_of_a_secret_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    secrets = { SAMO_WEBHOOK_TOKEN = { secret = "webhook-token", version = "latest" } }
  }

  expect_failures = [var.secrets]
}

run "a_variable_that_is_both_plain_and_secret_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    secrets = { SAMO_LEASE_S = { secret = "webhook-token", version = "3" } }
  }

  expect_failures = [var.secrets]
}

run "more_requests_at_a_time_than_its_vcpu_serve_are_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    instances = { concurrency = 81, cpu = 1, memory = "1Gi" }
  }

  expect_failures = [var.instances]
}

run "more_requests_at_a_time_than_its_memory_holds_are_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    instances = { concurrency = 4, cpu = 1, memory = "1Gi" }
  }

  expect_failures = [var.instances]
}

run "more_memory_than_its_vcpu_carry_is_refused" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  variables {
    instances = { cpu = 1, memory = "8Gi" }
  }

  expect_failures = [var.instances]
}

run "messages_stay_in_the_region" {
  command = plan

  module {
    source = "./modules/event-function"
  }

  assert {
    condition     = google_pubsub_topic.dead_letters.message_storage_policy[0].allowed_persistence_regions == toset([var.region])
    error_message = "A dead letter names a person's object; it is stored where the object is."
  }
}
