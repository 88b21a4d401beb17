locals {
  roles = {
    creates  = "roles/storage.objectCreator"
    reads    = "roles/storage.objectViewer"
    replaces = "roles/storage.objectUser"
  }

  grants = merge([
    for name, access in var.access : {
      for verb, role in local.roles : "${name}-${verb}" => {
        member   = access.member
        prefixes = access[verb]
        role     = role
        verb     = verb
      } if length(access[verb]) > 0
    }
  ]...)
}

resource "google_storage_bucket_iam_member" "below_prefixes" {
  for_each = local.grants

  bucket = google_storage_bucket.this.name
  role   = each.value.role
  member = each.value.member

  condition {
    title = "${each.value.verb} below its prefixes"
    expression = join(" || ", [
      for prefix in each.value.prefixes :
      "resource.name.startsWith(\"projects/_/buckets/${var.name}/objects/${prefix}\")"
    ])
  }
}

# Cloud Storage answers 404 for a missing object only to those who may list the bucket, 403 to others, and "not there
# yet" is what a stage asks first. A condition on object names never holds for a listing, so this grant has none: who
# reads below a prefix sees all names of the bucket, and only its own objects.
resource "google_storage_bucket_iam_member" "names" {
  for_each = { for name, access in var.access : name => access.member if length(concat(access.reads, access.replaces)) > 0 }

  bucket = google_storage_bucket.this.name
  role   = "roles/storage.legacyBucketReader"
  member = each.value
}
