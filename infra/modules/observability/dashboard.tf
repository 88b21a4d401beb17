# One tile answers one question.
locals {
  pipeline_functions = "resource.labels.service_name=one_of(${join(",", [for name in values(var.functions) : "\"${name}\""])})"
  pipeline_jobs      = "resource.labels.job_name=one_of(${join(",", [for name in values(var.jobs) : "\"${name}\""])})"
  pipeline_pushes    = "resource.labels.subscription_id=one_of(${join(",", [for name in values(var.functions) : "\"${name}\""])})"
  pipeline_letters   = "resource.labels.subscription_id=one_of(${join(",", [for name in values(var.functions) : "\"${name}-dead-letters\""])})"

  tiles = [
    { title = "How long does a stage take? (p95)", filter = "${local.logged.latency} AND metric.labels.outcome=\"committed\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_95", by = ["metric.label.stage"] },
    { title = "How do deliveries end?", filter = local.logged.deliveries, aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.stage", "metric.label.outcome"] },
    { title = "What comes again or fails, and why?", filter = "${local.logged.deliveries} AND metric.labels.outcome=one_of(\"retry\",\"failed\")", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.stage", "metric.label.error"] },
    { title = "How often is a message tried? (p95)", filter = local.logged.attempts, aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_95", by = ["metric.label.stage"] },
    { title = "How long has the oldest message waited?", filter = "${local.subscription_age} AND ${local.pipeline_pushes}", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", by = ["resource.label.subscription_id"] },
    { title = "What lies in the dead letters?", filter = "${local.subscription_count} AND ${local.pipeline_letters}", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", by = ["resource.label.subscription_id"] },
    { title = "How many cold starts?", filter = local.logged.cold_starts, aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.stage"] },
    { title = "How long does a model load? (p95)", filter = local.logged.model_load, aligner = "ALIGN_DELTA", reducer = "REDUCE_PERCENTILE_95", by = ["metric.label.stage"] },
    { title = "Which engine makes the results?", filter = local.logged.results, aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.stage", "metric.label.engine"] },
    { title = "Which model version makes the results?", filter = local.logged.results, aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.stage", "metric.label.model_version"] },
    { title = "Why are summaries fallbacks?", filter = local.logged.fallbacks, aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.reason"] },
    { title = "How do jobs end?", filter = "${local.run_executions} AND ${local.pipeline_jobs}", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["resource.label.job_name", "metric.label.result"] },
    { title = "How many instances are there?", filter = "${local.run_instances} AND ${local.pipeline_functions}", aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
  ]
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id
  dashboard_json = jsonencode({
    displayName = var.name
    mosaicLayout = {
      columns = 12
      tiles = [
        for index, tile in local.tiles : {
          height = 4
          width  = 6
          xPos   = index % 2 * 6
          yPos   = floor(index / 2) * 4
          widget = {
            title = tile.title
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = tile.filter
                    aggregation = {
                      alignmentPeriod    = "300s"
                      crossSeriesReducer = tile.reducer
                      groupByFields      = tile.by
                      perSeriesAligner   = tile.aligner
                    }
                  }
                }
              }]
            }
          }
        }
      ]
    }
  })
}
