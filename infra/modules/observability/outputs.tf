output "notification_channels" {
  description = "Full resource names of the channels that alerts are sent to."
  value       = [for channel in google_monitoring_notification_channel.email : channel.id]
}
