data "google_storage_project_service_account" "this" {
  project = var.project_id

  depends_on = [google_project_service.this]
}

locals {
  agents = {
    artifact_registry = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    cloud_storage     = "serviceAccount:${data.google_storage_project_service_account.this.email_address}"
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
