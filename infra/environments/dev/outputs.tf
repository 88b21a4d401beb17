output "buckets" {
  description = "Names of the buckets by what they hold."
  value       = module.pipeline.buckets
}

output "dead_letter_subscriptions" {
  description = "Full resource names of the subscriptions that keep each function's dead letters."
  value       = module.pipeline.dead_letter_subscriptions
}

output "jobs" {
  description = "Names of the jobs by what they do."
  value       = module.pipeline.jobs
}

output "topics" {
  description = "Full resource names of the topics; consumers subscribe to `insights`."
  value       = module.pipeline.topics
}
