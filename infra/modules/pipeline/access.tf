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

  members = { for stage, function in module.functions : stage => function.runtime_member }

  access = {
    leases = {
      for stage, member in local.members : stage => {
        member   = member
        replaces = ["${stage}/"]
      }
    }

    models = {
      emotion       = { member = local.members.emotion, reads = ["emotion/"] }
      summarization = { member = local.members.summarization, reads = ["emotion/", "summarization/"] } # it reads the emotions itself
      transcription = { member = local.members.transcription, reads = ["transcription/"] }
    }

    recordings = {
      transcription = { member = local.members.transcription, reads = [""] }
    }

    results = {
      for stage, member in local.members : stage => {
        creates = local.creates[stage]
        member  = member
        reads   = concat(local.creates[stage], local.reads[stage])
      }
    }
  }
}
