module "pipeline" {
  source = "../../modules/pipeline"

  artefacts  = var.artefacts
  images     = var.images
  name       = "samo-prod"
  project_id = var.project_id
  region     = "europe-west1"

  artefact_publishers = ["serviceAccount:samo-delivery@${var.project_id}.iam.gserviceaccount.com"]
  artefact_readers    = ["serviceAccount:samo-deployer@${var.project_id}.iam.gserviceaccount.com"]
  max_instances       = { emotion = 20, insights = 10, summarization = 20, transcription = 20 }
  operators           = [] # e.g. "group:samo-operators@example.org": docs/operations.md
  retention_days      = { artefacts = 90, noncurrent_models = 365 }
}
