provider "google" {
  project = var.project_id

  default_labels = {
    application = "samo"
    environment = "bootstrap"
  }
}
