# Terraform's state of every environment in this project, each below a prefix of its own. Old versions stay: they are the way
# back from a state that was written wrong.
module "state" {
  source = "../modules/bucket"

  access = {
    deployer = { member = google_service_account.deployer.member, replaces = [""] }
  }
  kms_key    = local.kms_key
  location   = var.region
  name       = "${var.project_id}-samo-state"
  project_id = var.project_id
  versioned  = true

  depends_on = [google_project_service.this]
}
