mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  artefacts = {
    emotion       = "1111111111111111111111111111111111111111111111111111111111111111"
    insights      = "2222222222222222222222222222222222222222222222222222222222222222"
    summarization = "3333333333333333333333333333333333333333333333333333333333333333"
    transcription = "4444444444444444444444444444444444444444444444444444444444444444"
  }
  images = {
    modelling     = "europe-west1-docker.pkg.dev/a-project/samo-jobs/modelling@sha256:5555555555555555555555555555555555555555555555555555555555555555"
    transcription = "europe-west1-docker.pkg.dev/a-project/samo-jobs/transcription@sha256:6666666666666666666666666666666666666666666666666666666666666666"
  }
  name       = "samo-test"
  project_id = "a-project"
  region     = "europe-west1"
}

run "every_stored_recording_is_announced_and_nothing_else" {
  module {
    source = "./modules/pipeline"
  }

  assert {
    condition = (
      google_storage_notification.recordings.bucket == "a-project-samo-test-recordings" &&
      google_storage_notification.recordings.event_types == toset(["OBJECT_FINALIZE"]) &&
      google_storage_notification.recordings.topic == google_pubsub_topic.this["recordings"].id
    )
    error_message = "The bucket of recordings, and no other, announces finished objects on the topic of recordings."
  }

  assert {
    condition = google_pubsub_topic_iam_member.publishes["recordings"].member == (
      "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
    )
    error_message = "Cloud Storage's service agent publishes on the topic of recordings."
  }

  assert {
    condition     = output.topics == { for key in ["analyses", "insights", "recordings", "transcripts"] : key => google_pubsub_topic.this[key].id }
    error_message = "There are four topics."
  }
}

run "a_name_that_no_service_account_could_carry_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    name = "samo-production"
  }

  expect_failures = [var.name]
}

run "an_artefact_that_is_not_named_by_its_content_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    artefacts = {
      emotion       = "latest"
      insights      = "2222222222222222222222222222222222222222222222222222222222222222"
      summarization = "3333333333333333333333333333333333333333333333333333333333333333"
      transcription = "4444444444444444444444444444444444444444444444444444444444444444"
    }
  }

  expect_failures = [var.artefacts]
}

run "more_audio_than_fits_into_memory_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    limits = { audio_bytes = 2147483648 }
  }

  expect_failures = [var.limits]
}

run "a_summary_that_no_engine_makes_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    summary = { length = "tiny" }
  }

  expect_failures = [var.summary]
}

run "everybody_as_an_operator_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    operators = ["allUsers"]
  }

  expect_failures = [var.operators]
}

run "a_job_without_a_digest_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    images = {
      modelling     = "europe-west1-docker.pkg.dev/a-project/samo-jobs/modelling:latest"
      transcription = "europe-west1-docker.pkg.dev/a-project/samo-jobs/transcription@sha256:6666666666666666666666666666666666666666666666666666666666666666"
    }
  }

  expect_failures = [var.images]
}

run "checkpoints_that_disappear_under_a_running_task_are_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    long_recordings = { retries = 3, timeout_seconds = 21600 }
    retention_days  = { checkpoints = 1 }
  }

  expect_failures = [var.long_recordings]
}

run "checkpoints_that_stay_for_months_are_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    retention_days = { checkpoints = 90 }
  }

  expect_failures = [var.retention_days]
}

run "a_retrained_model_in_the_channel_of_the_people_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    retraining = { channel = "stable" }
  }

  expect_failures = [var.retraining]
}

run "a_multi_region_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    region = "EU"
  }

  expect_failures = [var.region]
}

run "a_key_of_ones_own_encrypts_everything_and_is_granted_to_those_who_store" {
  module {
    source = "./modules/pipeline"
  }

  variables {
    kms_key = "projects/a-project/locations/europe-west1/keyRings/journal/cryptoKeys/samo"
  }

  assert {
    condition     = alltrue([for topic in google_pubsub_topic.this : topic.kms_key_name == var.kms_key])
    error_message = "Topics are encrypted with the key."
  }

  assert {
    condition     = google_artifact_registry_repository.functions.kms_key_name == var.kms_key
    error_message = "The functions' images are encrypted with the key."
  }

  assert {
    condition = toset([for grant in google_kms_crypto_key_iam_member.agents : grant.member]) == toset([
      "serviceAccount:service-123456789012@gcf-admin-robot.iam.gserviceaccount.com",
      "serviceAccount:service-123456789012@gcp-sa-artifactregistry.iam.gserviceaccount.com",
      "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com",
      "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com",
      "serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com",
    ])
    error_message = "The service agents that store something may use the key."
  }
}

run "a_key_in_another_region_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    kms_key = "projects/a-project/locations/us-central1/keyRings/journal/cryptoKeys/samo"
  }

  expect_failures = [var.kms_key]
}

run "without_a_key_and_a_budget_there_is_neither" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  assert {
    condition     = length(google_kms_crypto_key_iam_member.agents) == 0 && length(google_billing_budget.this) == 0
    error_message = "Both are made when they are asked for."
  }
}

run "a_budget_warns_before_it_is_spent_and_tells_those_who_are_told" {
  module {
    source = "./modules/pipeline"
  }

  variables {
    alerts = { emails = ["team@example.org"] }
    budget = { amount = 200, billing_account = "012345-6789AB-CDEF01", currency = "EUR" }
  }

  assert {
    condition = (
      google_billing_budget.this["project"].amount[0].specified_amount[0].units == "200" &&
      [for rule in google_billing_budget.this["project"].threshold_rules : rule.threshold_percent] == [0.5, 0.9, 1, 1]
    )
    error_message = "At half, at nine tenths, at the whole, and when the whole is forecast."
  }

  assert {
    condition     = google_billing_budget.this["project"].all_updates_rule[0].monitoring_notification_channels == tolist(module.observability.notification_channels)
    error_message = "Those who get alerts get the budget's, too."
  }
}

run "a_budget_on_no_billing_account_is_refused" {
  command = plan

  module {
    source = "./modules/pipeline"
  }

  variables {
    budget = { amount = 200, billing_account = "mine" }
  }

  expect_failures = [var.budget]
}
