# A key of the customer's own is used by Google's service agents, each for what it stores.
locals {
  project_number = data.google_project.this.number

  agents = {
    artifact_registry = "serviceAccount:service-${local.project_number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    cloud_functions   = "serviceAccount:service-${local.project_number}@gcf-admin-robot.iam.gserviceaccount.com"
    cloud_run         = "serviceAccount:service-${local.project_number}@serverless-robot-prod.iam.gserviceaccount.com"
    cloud_storage     = "serviceAccount:${data.google_storage_project_service_account.this.email_address}"
    pubsub            = local.pubsub_agent
  }

  # Read back from the grants, so that whatever is encrypted waits for all of them.
  kms_key = one(distinct(values(google_kms_crypto_key_iam_member.agents)[*].crypto_key_id))
}

resource "google_kms_crypto_key_iam_member" "agents" {
  for_each = var.kms_key == null ? {} : local.agents

  crypto_key_id = var.kms_key
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}
