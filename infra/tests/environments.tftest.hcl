# tests/infra reads what these runs make: the whole of each environment, as if it were applied.
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
  project_id = "a-project"
}

run "dev_needs_a_project_and_what_was_built" {
  module {
    source = "./environments/dev"
  }

  assert {
    condition     = output.buckets.recordings == "a-project-samo-dev-recordings"
    error_message = "The buckets of dev are named after the project and dev."
  }
}

# Which changes are planned, a condition cannot say; tests/infra reads it.
run "dev_planned_again_changes_nothing" {
  command = plan

  module {
    source = "./environments/dev"
  }
}

run "prod_needs_a_project_and_what_was_built" {
  module {
    source = "./environments/prod"
  }

  assert {
    condition     = output.buckets.recordings == "a-project-samo-prod-recordings"
    error_message = "The buckets of prod are named after the project and prod."
  }
}

run "prod_planned_again_changes_nothing" {
  command = plan

  module {
    source = "./environments/prod"
  }
}

run "ops_is_a_pipeline_with_what_is_optional" {
  module {
    source = "./modules/pipeline"
  }

  variables {
    alerts    = { summary_model = true }
    name      = "samo-ops"
    operators = ["group:operators@example.org"]
    region    = "europe-west1"
  }

  assert {
    condition     = output.buckets.recordings == "a-project-samo-ops-recordings"
    error_message = "The buckets are named after the project and the pipeline."
  }
}

run "bootstrap_needs_a_project_and_a_repository" {
  module {
    source = "./bootstrap"
  }

  variables {
    repository = "an-organisation/samo"
  }

  assert {
    condition     = output.state_bucket == "a-project-samo-state"
    error_message = "The bucket of the state is named after the project."
  }
}
