mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  environment = { SAMO_LEASE_S = "600" }
  execution   = { cpu = 4, memory = "4Gi", tasks = 8, timeout_seconds = 7200 }
  image       = "europe-west1-docker.pkg.dev/a-project/samo-jobs/transcription@sha256:6666666666666666666666666666666666666666666666666666666666666666"
  name        = "samo-dev-transcription-job"
  project_id  = "a-project"
  region      = "europe-west1"
}

run "a_launcher_may_execute_this_job_and_nothing_else" {
  module {
    source = "./modules/job"
  }

  variables {
    launchers = { transcription = "serviceAccount:transcription@a-project.iam.gserviceaccount.com" }
  }

  assert {
    condition = (
      google_cloud_run_v2_job_iam_member.launches["transcription"].name == google_cloud_run_v2_job.this.name &&
      google_cloud_run_v2_job_iam_member.launches["transcription"].role == "roles/run.jobsExecutorWithOverrides" &&
      google_cloud_run_v2_job_iam_member.launches["transcription"].member == var.launchers.transcription
    )
    error_message = "The launcher may execute with overrides, on this job."
  }

  assert {
    condition     = google_cloud_run_v2_job.this.template[0].template[0].service_account == google_service_account.runtime.email
    error_message = "The job runs as its own identity."
  }
}

run "a_job_without_a_schedule_has_no_scheduler" {
  command = plan

  module {
    source = "./modules/job"
  }

  assert {
    condition     = length(google_cloud_scheduler_job.this) == 0 && length(google_service_account.scheduler) == 0
    error_message = "Nothing executes it by itself."
  }
}

run "a_schedule_is_paused_until_told_otherwise_and_executes_as_itself" {
  module {
    source = "./modules/job"
  }

  variables {
    name     = "samo-dev-modelling"
    schedule = { cron = "0 3 1 * *" }
  }

  assert {
    condition     = google_cloud_scheduler_job.this[0].paused
    error_message = "Retraining begins by a decision."
  }

  assert {
    condition = (
      google_cloud_scheduler_job.this[0].http_target[0].uri == "https://run.googleapis.com/v2/projects/a-project/locations/europe-west1/jobs/samo-dev-modelling:run" &&
      google_cloud_scheduler_job.this[0].http_target[0].oauth_token[0].service_account_email == google_service_account.scheduler[0].email
    )
    error_message = "The scheduler calls the job's own address with a token of its own identity."
  }

  assert {
    condition = (
      google_cloud_run_v2_job_iam_member.scheduler_executes[0].role == "roles/run.jobsExecutor" &&
      google_cloud_run_v2_job_iam_member.scheduler_executes[0].member == google_service_account.scheduler[0].member
    )
    error_message = "It may execute, and override nothing."
  }
}

run "a_secret_is_a_numbered_version_that_the_job_alone_may_read" {
  module {
    source = "./modules/job"
  }

  variables {
    secrets = { SAMO_WEBHOOK_TOKEN = { secret = "webhook-token", version = "3" } }
  }

  assert {
    condition = (
      one([for env in google_cloud_run_v2_job.this.template[0].template[0].containers[0].env : env.value_source[0].secret_key_ref[0].secret if env.name == "SAMO_WEBHOOK_TOKEN"]) == "webhook-token" &&
      one([for env in google_cloud_run_v2_job.this.template[0].template[0].containers[0].env : env.value_source[0].secret_key_ref[0].version if env.name == "SAMO_WEBHOOK_TOKEN"]) == "3"
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
    source = "./modules/job"
  }

  variables {
    secrets = { SAMO_WEBHOOK_TOKEN = { secret = "webhook-token", version = "latest" } }
  }

  expect_failures = [var.secrets]
}

run "a_variable_that_is_both_plain_and_secret_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    secrets = { SAMO_LEASE_S = { secret = "webhook-token", version = "3" } }
  }

  expect_failures = [var.secrets]
}

run "an_image_by_tag_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    image = "europe-west1-docker.pkg.dev/a-project/samo-jobs/transcription:v1"
  }

  expect_failures = [var.image]
}

run "a_task_of_more_than_a_week_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    execution = { memory = "1Gi", timeout_seconds = 604801 }
  }

  expect_failures = [var.execution]
}

run "more_tasks_at_a_time_than_there_are_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    execution = { memory = "1Gi", parallelism = 9, tasks = 8, timeout_seconds = 3600 }
  }

  expect_failures = [var.execution]
}

run "more_memory_than_the_vcpu_of_a_task_carry_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    execution = { cpu = 2, memory = "16Gi", timeout_seconds = 3600 }
  }

  expect_failures = [var.execution]
}

run "a_share_of_a_vcpu_for_a_task_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    execution = { cpu = 0.5, memory = "512Mi", timeout_seconds = 3600 }
  }

  expect_failures = [var.execution]
}

run "endless_retries_are_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    execution = { memory = "1Gi", retries = 11, timeout_seconds = 3600 }
  }

  expect_failures = [var.execution]
}

run "a_schedule_that_is_no_cron_is_refused" {
  command = plan

  module {
    source = "./modules/job"
  }

  variables {
    name     = "samo-dev-modelling"
    schedule = { cron = "monthly" }
  }

  expect_failures = [var.schedule]
}
