resource "google_cloud_run_v2_job" "this" {
  name     = var.name
  project  = var.project_id
  location = var.region

  # It holds nothing that another apply does not bring back.
  deletion_protection = false

  template {
    parallelism = var.execution.parallelism
    task_count  = var.execution.tasks

    template {
      encryption_key  = var.kms_key
      max_retries     = var.execution.retries
      service_account = google_service_account.runtime.email
      timeout         = "${var.execution.timeout_seconds}s"

      containers {
        image = var.image

        dynamic "env" {
          for_each = var.environment

          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = var.secrets

          content {
            name = env.key

            value_source {
              secret_key_ref {
                secret  = env.value.secret
                version = env.value.version
              }
            }
          }
        }

        resources {
          limits = {
            cpu    = tostring(var.execution.cpu)
            memory = var.execution.memory
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.runtime_reads]
}
