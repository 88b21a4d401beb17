output "buckets" {
  description = "Names of the buckets by what they hold."
  value = {
    artefacts  = module.artefacts.name
    leases     = module.leases.name
    models     = module.models.name
    recordings = module.recordings.name
    results    = module.results.name
  }
}

output "dead_letter_subscriptions" {
  description = "Full resource names of the subscriptions that keep each function's dead letters."
  value       = { for stage, function in module.functions : stage => function.dead_letter_subscription }
}

output "jobs" {
  description = "Names of the jobs by what they do."
  value       = { for kind, job in module.jobs : kind => job.name }
}

output "topics" {
  description = "Full resource names of the topics; consumers subscribe to `insights`."
  value       = { for key, topic in google_pubsub_topic.this : key => topic.id }
}
