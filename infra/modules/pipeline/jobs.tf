# Each job's environment is, field by field, its record in shared/samo/settings.py, but for what an execution is launched
# with; a test compares them.
locals {
  job_lease_seconds = 600

  jobs = {
    # Without a GPU: 8 vCPU fine-tune the small encoder in hours, and nobody waits for it.
    modelling = {
      environment = {
        SAMO_CHANNEL     = var.retraining.channel
        SAMO_CHECKPOINTS = "gs://${module.leases.name}/modelling"
        SAMO_CONFIG      = var.retraining.config
        SAMO_DATA        = "gs://${module.artefacts.name}/data/${var.retraining.config}"
        SAMO_DEV_MODE    = "false"
        SAMO_MODELS      = "gs://${module.models.name}"
      }
      execution = { cpu = 8, memory = "16Gi", retries = 1, timeout_seconds = 86400 }
      name      = "${var.name}-modelling"
      schedule  = { cron = var.retraining.cron, paused = var.retraining.paused }
    }

    # Like the function, but for the timeout: each task has its windows of the recording, and a task that is tried again
    # continues at the last one.
    transcription = {
      environment = merge(local.stores, local.models, {
        SAMO_LEASE_S           = tostring(local.job_lease_seconds)
        SAMO_MAX_AUDIO_BYTES   = tostring(var.limits.audio_bytes)
        SAMO_MAX_AUDIO_S       = tostring(var.limits.long_audio_seconds)
        SAMO_MAX_RETRIES       = tostring(var.long_recordings.retries)
        SAMO_RECORDINGS        = "gs://${module.recordings.name}"
        SAMO_SPEECH_ENGINE     = "whisper"
        SAMO_THREADS           = tostring(local.cpu.transcription)
        SAMO_TRANSCRIPTS_TOPIC = google_pubsub_topic.this["transcripts"].id
      })
      execution = {
        cpu             = local.cpu.transcription
        memory          = "4Gi"
        retries         = var.long_recordings.retries
        tasks           = var.long_recordings.tasks
        timeout_seconds = var.long_recordings.timeout_seconds
      }
      name     = "${var.name}-transcription-job"
      schedule = null
    }
  }
}

module "jobs" {
  source   = "../job"
  for_each = local.jobs

  environment = each.value.environment
  execution   = each.value.execution
  image       = var.images[each.key]
  kms_key     = local.kms_key
  launchers   = each.key == "transcription" ? { transcription = module.functions["transcription"].runtime_member } : {}
  name        = each.value.name
  project_id  = var.project_id
  region      = var.region
  schedule    = each.value.schedule
}
