# Which stage touches which objects, as shared/samo/stages does; shared/samo/domain/names.py makes the names. A test runs
# the stages and compares.
locals {
  # A stage creates its result, its failure records and its records of events that it could not read, never overwrites
  # them, and reads them to find what a former delivery made.
  creates = {
    emotion       = ["emotions/", "failures/emotion/", "rejected-events/emotion/"]
    insights      = ["insights/", "failures/insights/", "rejected-events/insights/"]
    summarization = ["summaries/", "failures/summarization/", "rejected-events/summarization/"]
    transcription = ["transcripts/", "failures/transcription/", "rejected-events/transcription/"]
  }

  # What it reads besides.
  reads = {
    emotion       = ["transcripts/"]
    insights      = ["transcripts/", "emotions/", "summaries/", "failures/emotion/", "failures/summarization/"]
    summarization = ["transcripts/"]
    transcription = []
  }

  # Who works for which stage: its function, and for long recordings the job, which does the same to the same objects.
  workers = merge(
    { for stage, function in module.functions : stage => { member = function.runtime_member, stage = stage } },
    { transcription-job = { member = module.jobs["transcription"].runtime_member, stage = "transcription" } },
  )

  # What each stage reads of the model store.
  tasks = {
    emotion       = ["emotion/"]
    summarization = ["emotion/", "summarization/"] # it reads the emotions itself
    transcription = ["transcription/"]
  }

  # What people do who operate the pipeline, with `samo failures`, `dead-letters`, `status` and `reprocess`: they read
  # everything but the archives, take failures away, and put results that were made again in the place of the old ones.
  operated_results = [
    "emotions/", "failures/", "insights/", "reprocessing/", "retries/", "summaries/", "superseded/", "transcripts/",
  ]

  access = {
    # The data set that retraining reads.
    artefacts = {
      modelling = { member = module.jobs["modelling"].runtime_member, reads = ["data/"] }
    }

    # A stage's leases and, below the same prefix, the checkpoints of its long recordings; and those of a training.
    leases = merge(
      { for name, worker in local.workers : name => { member = worker.member, replaces = ["${worker.stage}/"] } },
      { modelling = { member = module.jobs["modelling"].runtime_member, replaces = ["modelling/"] } },
      { for member in var.operators : member => { member = member, replaces = [for stage in keys(local.creates) : "${stage}/"] } },
    )

    # Retraining adds a version and lets a channel name it. What is published stays as it is.
    models = merge(
      {
        for name, worker in local.workers : name => { creates = [], member = worker.member, reads = local.tasks[worker.stage], replaces = [] }
        if contains(keys(local.tasks), worker.stage)
      },
      {
        modelling = {
          creates  = ["${var.retraining.config}/"]
          member   = module.jobs["modelling"].runtime_member
          reads    = ["${var.retraining.config}/"]
          replaces = ["${var.retraining.config}/channels/"]
        }
      },
      {
        for member in var.operators : member => {
          creates  = []
          member   = member
          reads    = distinct(flatten(values(local.tasks)))
          replaces = []
        }
      },
    )

    recordings = merge(
      { for name, worker in local.workers : name => { member = worker.member, reads = [""] } if worker.stage == "transcription" },
      { for member in var.operators : member => { member = member, reads = [""] } },
    )

    results = merge(
      {
        for name, worker in local.workers : name => {
          creates  = local.creates[worker.stage]
          member   = worker.member
          reads    = concat(local.creates[worker.stage], local.reads[worker.stage])
          replaces = []
        }
      },
      {
        for member in var.operators : member => {
          creates  = []
          member   = member
          reads    = ["rejected-events/"]
          replaces = local.operated_results
        }
      },
    )
  }
}
