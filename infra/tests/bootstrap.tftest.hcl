mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  project_id = "a-project"
  repository = "an-organisation/samo"
}

run "only_the_repository_gets_tokens_and_only_its_ref_deploys" {
  module {
    source = "./bootstrap"
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository == \"an-organisation/samo\""
    error_message = "Another repository's token is refused."
  }

  assert {
    condition     = endswith(google_service_account_iam_member.workflows_deploy.member, "/attribute.ref/an-organisation/samo@refs/heads/main")
    error_message = "Only the main branch acts as the deployer."
  }

  assert {
    condition = (
      google_service_account_iam_member.workflows_deploy.service_account_id == google_service_account.deployer.name &&
      google_service_account_iam_member.workflows_deliver.service_account_id == google_service_account.delivery.name
    )
    error_message = "The one deploys, the other delivers."
  }
}

run "every_repository_of_an_owner_is_refused" {
  command = plan

  module {
    source = "./bootstrap"
  }

  variables {
    repository = "an-organisation"
  }

  expect_failures = [var.repository]
}

run "a_pattern_of_refs_is_refused" {
  command = plan

  module {
    source = "./bootstrap"
  }

  variables {
    deploying_ref = "refs/heads/*"
  }

  expect_failures = [var.deploying_ref]
}
