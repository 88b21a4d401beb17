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
