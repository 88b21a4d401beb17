resource "google_cloudfunctions2_function" "this" {
  name         = var.name
  project      = var.project_id
  location     = var.region
  kms_key_name = var.kms_key

  build_config {
    docker_repository = var.build.repository
    entry_point       = "handle"
    runtime           = "python311" # the version that the tests run on
    service_account   = var.build.service_account

    source {
      storage_source {
        bucket = var.artefact.bucket
        object = var.artefact.object
      }
    }
  }

  service_config {
    all_traffic_on_latest_revision   = true
    available_cpu                    = tostring(var.instances.cpu)
    available_memory                 = var.instances.memory
    environment_variables            = var.environment
    ingress_settings                 = "ALLOW_INTERNAL_ONLY" # a push within the project is internal
    max_instance_count               = var.instances.maximum
    max_instance_request_concurrency = var.instances.concurrency
    min_instance_count               = var.instances.minimum
    service_account_email            = google_service_account.runtime.email
    timeout_seconds                  = var.timeout_seconds

    dynamic "secret_environment_variables" {
      for_each = var.secrets

      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.runtime_reads]
}
