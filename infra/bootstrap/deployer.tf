# Plans and applies environments. It manages resources and who may use them; it reads no recording, no result, no secret.
# Whoever may change who may read could still let itself in: its runs need an approval, and the audit log shows them.
resource "google_service_account" "deployer" {
  account_id   = "samo-deployer"
  project      = var.project_id
  display_name = "Applies samo's environments"

  depends_on = [google_project_service.this]
}

# The predefined roles to manage buckets and secrets also read what is in them; this one does not.
resource "google_project_iam_custom_role" "deployer" {
  role_id     = "samoDeployer"
  project     = var.project_id
  title       = "Samo deployer"
  description = "Manages buckets and access to secrets, without reading either"
  permissions = [
    "resourcemanager.projects.get",
    "secretmanager.secrets.get",
    "secretmanager.secrets.getIamPolicy",
    "secretmanager.secrets.setIamPolicy",
    "storage.buckets.create",
    "storage.buckets.delete",
    "storage.buckets.get",
    "storage.buckets.getIamPolicy",
    "storage.buckets.list",
    "storage.buckets.setIamPolicy",
    "storage.buckets.update",
  ]
}

locals {
  deployer_roles = toset([
    "roles/artifactregistry.admin",               # the functions' repository and its grants
    "roles/cloudfunctions.developer",             # functions
    "roles/cloudscheduler.admin",                 # the schedule of retraining
    "roles/iam.serviceAccountAdmin",              # identities, and who may use them
    "roles/iam.serviceAccountUser",               # functions, jobs and builds are made to run as those identities
    "roles/logging.configWriter",                 # metrics of the log
    "roles/logging.logWriter",                    # its own runs in Cloud Build
    "roles/monitoring.alertPolicyEditor",         # alerts
    "roles/monitoring.dashboardEditor",           # the dashboard
    "roles/monitoring.notificationChannelEditor", # who is told
    "roles/pubsub.admin",                         # topics, subscriptions and their grants
    "roles/run.admin",                            # jobs, and who may invoke functions and launch jobs
  ])
}

resource "google_project_iam_member" "deployer_custom" {
  project = var.project_id
  role    = google_project_iam_custom_role.deployer.name
  member  = google_service_account.deployer.member
}

resource "google_project_iam_member" "deployer" {
  for_each = local.deployer_roles

  project = var.project_id
  role    = each.value
  member  = google_service_account.deployer.member
}

# In the project's own policy it may grant and take back these two roles, which a pipeline's build identity has, and no other.
resource "google_project_iam_member" "deployer_grants" {
  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = google_service_account.deployer.member

  condition {
    title      = "grants what builds need"
    expression = "api.getAttribute(\"iam.googleapis.com/modifiedGrantsByRole\", []).hasOnly([\"roles/logging.logWriter\", \"roles/storage.objectViewer\"])"
  }
}
