module "observability" {
  source = "../observability"

  emails    = var.alerts.emails
  functions = { for stage, function in module.functions : stage => function.name }
  jobs      = { for kind, job in module.jobs : kind => job.name }
  limits = {
    error_ratio         = var.alerts.error_ratio
    fallback_ratio      = var.alerts.fallback_ratio
    p95_seconds         = var.alerts.p95_seconds
    unacked_age_seconds = var.alerts.unacked_age_seconds
  }
  name       = var.name
  project_id = var.project_id
  runbooks   = var.alerts.runbooks

  summary_model_expected = var.alerts.summary_model
}
