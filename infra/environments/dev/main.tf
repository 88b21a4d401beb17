module "pipeline" {
  source = "../../modules/pipeline"

  artefacts  = var.artefacts
  images     = var.images
  name       = "samo-dev"
  project_id = var.project_id
  region     = "europe-west1"

  artefact_publishers = ["serviceAccount:samo-delivery@${var.project_id}.iam.gserviceaccount.com"]
  artefact_readers    = ["serviceAccount:samo-deployer@${var.project_id}.iam.gserviceaccount.com"]
  max_instances       = { emotion = 2, insights = 2, summarization = 2, transcription = 2 }
  operators           = [] # e.g. "group:samo-operators@example.org": docs/operations.md
  retention_days      = { noncurrent_models = 30, recordings = 30, results = 30 }
}
