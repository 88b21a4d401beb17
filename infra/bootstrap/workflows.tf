# Workflows present a token of GitHub's and get one of ours for an hour: there is no key to lose.
resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "samo-ci"
  project                   = var.project_id
  display_name              = "samo CI"

  depends_on = [google_project_service.this]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.ci.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  project                            = var.project_id
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository == \"${var.repository}\""

  attribute_mapping = {
    "attribute.ref"        = "assertion.repository + \"@\" + assertion.ref"
    "attribute.repository" = "assertion.repository"
    "google.subject"       = "assertion.sub"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account_iam_member" "workflows_deliver" {
  service_account_id = google_service_account.delivery.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/attribute.repository/${var.repository}"
}

resource "google_service_account_iam_member" "workflows_deploy" {
  service_account_id = google_service_account.deployer.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/attribute.ref/${var.repository}@${var.deploying_ref}"
}
