# Each function's environment is, field by field, its record in shared/samo/settings.py; a test compares them.
locals {
  stores = {
    SAMO_LEASES  = "gs://${module.leases.name}"
    SAMO_RESULTS = "gs://${module.results.name}"
  }

  models = {
    SAMO_CHANNEL = var.channel
    SAMO_MODELS  = "gs://${module.models.name}"
  }

  # A model runs one thread on each vCPU. Transcription has four, so that the longest recording is done before the
  # timeout; insights has no model.
  cpu = { emotion = 1, insights = 1, summarization = 1, transcription = 4 }

  functions = {
    emotion = {
      environment = merge(local.models, {
        SAMO_ANALYSES_TOPIC = google_pubsub_topic.this["analyses"].id
        SAMO_THREADS        = tostring(local.cpu.emotion)
      })
      # While one request waits for the store, the others have the vCPU (docs/load.md). Each may bring a document at its
      # bounds.
      instances       = { concurrency = 4, cpu = local.cpu.emotion, maximum = var.max_instances.emotion, memory = "2Gi" }
      lease_seconds   = 600
      timeout_seconds = 540
      topic           = "transcripts"
    }

    insights = {
      environment = { SAMO_INSIGHTS_TOPIC = google_pubsub_topic.this["insights"].id }
      # It waits for the store most of the time, so one vCPU serves four at once, each with an entry's documents.
      instances       = { concurrency = 4, cpu = local.cpu.insights, maximum = var.max_instances.insights, memory = "2Gi" }
      lease_seconds   = 180
      timeout_seconds = 120
      topic           = "analyses"
    }

    summarization = {
      environment = merge(local.models, {
        SAMO_ANALYSES_TOPIC = google_pubsub_topic.this["analyses"].id
        SAMO_SUMMARY_ENGINE = var.summary.engine
        SAMO_SUMMARY_FOCUS  = var.summary.focus
        SAMO_SUMMARY_LENGTH = var.summary.length
        SAMO_SUMMARY_STYLE  = var.summary.style
        SAMO_THREADS        = tostring(local.cpu.summarization)
      })
      # 350 MB are the bound for an instance with its model (`make bench`). While the model loads, its files lie in
      # memory as well. The same model and the same text as emotion, and a T5 of 60 MB beside it where one is published.
      instances       = { cpu = local.cpu.summarization, maximum = var.max_instances.summarization, memory = "1Gi" }
      lease_seconds   = 600
      timeout_seconds = 540
      topic           = "transcripts"
    }

    transcription = {
      environment = merge(local.models, {
        # What it expects to take longer, it leaves to the job. The rest of the timeout is for what was expected wrong.
        SAMO_BUDGET_S          = "420"
        SAMO_JOB               = "projects/${var.project_id}/locations/${var.region}/jobs/${module.jobs["transcription"].name}"
        SAMO_JOB_TASKS         = tostring(var.long_recordings.tasks)
        SAMO_MAX_AUDIO_BYTES   = tostring(var.limits.audio_bytes)
        SAMO_MAX_AUDIO_S       = tostring(var.limits.audio_seconds)
        SAMO_MAX_TEXT_BYTES    = tostring(var.limits.text_bytes)
        SAMO_RECORDINGS        = "gs://${module.recordings.name}"
        SAMO_SPEECH_ENGINE     = "whisper"
        SAMO_THREADS           = tostring(local.cpu.transcription)
        SAMO_TRANSCRIPTS_TOPIC = google_pubsub_topic.this["transcripts"].id
      })
      # Memory holds the recording (a function's files are memory; 512 MiB at most by default), the model and, while it
      # loads, its files, and a window of decoded audio.
      instances       = { cpu = local.cpu.transcription, maximum = var.max_instances.transcription, memory = "4Gi" }
      lease_seconds   = 600
      timeout_seconds = 540
      topic           = "recordings"
    }
  }
}

module "functions" {
  source   = "../event-function"
  for_each = local.functions

  artefact = {
    bucket = module.artefacts.name
    object = "${each.key}-${var.artefacts[each.key]}.zip"
  }
  build = {
    repository      = google_artifact_registry_repository.functions.id
    service_account = google_service_account.build.name
  }
  environment     = merge(local.stores, { SAMO_LEASE_S = tostring(each.value.lease_seconds) }, each.value.environment)
  instances       = each.value.instances
  kms_key         = local.kms_key
  lease_seconds   = each.value.lease_seconds
  name            = "${var.name}-${each.key}"
  operators       = var.operators
  project_id      = var.project_id
  pubsub_agent    = local.pubsub_agent
  region          = var.region
  timeout_seconds = each.value.timeout_seconds
  topic           = google_pubsub_topic.this[each.value.topic].id

  depends_on = [
    google_artifact_registry_repository_iam_member.build_writes,
    google_project_iam_member.build_logs,
    google_project_iam_member.build_reads_sources,
  ]
}
