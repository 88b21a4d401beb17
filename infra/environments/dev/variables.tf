variable "artefacts" {
  description = "SHA-256 of each function's source archive; `make bundle` writes them to build/artefacts.tfvars.json."
  type = object({
    emotion       = string
    insights      = string
    summarization = string
    transcription = string
  })
}

variable "images" {
  description = "Container images of the jobs, by digest: name@sha256:…"
  type = object({
    modelling     = string
    transcription = string
  })
}

variable "project_id" {
  description = "Project that this environment lives in."
  type        = string
}
