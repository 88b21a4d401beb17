mock_provider "google" {
  source = "./tests/mocks"
}

variables {
  location   = "europe-west1"
  name       = "a-project-results"
  project_id = "a-project"
}

run "a_bucket_is_private_and_outlives_a_destroy_while_it_holds_anything" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  assert {
    condition     = google_storage_bucket.this.public_access_prevention == "enforced" && google_storage_bucket.this.uniform_bucket_level_access
    error_message = "A bucket must prevent public access and know no access lists."
  }

  assert {
    condition     = !google_storage_bucket.this.force_destroy
    error_message = "A bucket must refuse to be destroyed with what is in it."
  }

  assert {
    condition     = google_storage_bucket.this.soft_delete_policy[0].retention_duration_seconds == 604800
    error_message = "What is deleted can be restored for a week unless told otherwise."
  }
}

run "access_ends_at_the_prefixes" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access = {
      emotion = {
        creates = ["emotions/"]
        member  = "serviceAccount:emotion@a-project.iam.gserviceaccount.com"
        reads   = ["emotions/", "transcripts/"]
      }
    }
  }

  assert {
    condition = google_storage_bucket_iam_member.below_prefixes["emotion-creates"].role == "roles/storage.objectCreator" && (
      google_storage_bucket_iam_member.below_prefixes["emotion-creates"].condition[0].expression ==
      "resource.name.startsWith(\"projects/_/buckets/a-project-results/objects/emotions/\")"
    )
    error_message = "To create is granted below the prefix and without the right to overwrite."
  }

  assert {
    condition = google_storage_bucket_iam_member.below_prefixes["emotion-reads"].role == "roles/storage.objectViewer" && (
      google_storage_bucket_iam_member.below_prefixes["emotion-reads"].condition[0].expression == join(" || ", [
        "resource.name.startsWith(\"projects/_/buckets/a-project-results/objects/emotions/\")",
        "resource.name.startsWith(\"projects/_/buckets/a-project-results/objects/transcripts/\")",
      ])
    )
    error_message = "To read is granted below any of the prefixes."
  }

  assert {
    condition     = length(google_storage_bucket_iam_member.below_prefixes) == 2
    error_message = "Nothing is granted that was not asked for."
  }
}

run "readers_may_list_names_for_else_a_missing_object_is_forbidden" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access = {
      creator  = { creates = [""], member = "serviceAccount:creator@a-project.iam.gserviceaccount.com" }
      reader   = { member = "serviceAccount:reader@a-project.iam.gserviceaccount.com", reads = ["transcripts/"] }
      replacer = { member = "serviceAccount:replacer@a-project.iam.gserviceaccount.com", replaces = ["emotion/"] }
    }
  }

  assert {
    condition     = keys(google_storage_bucket_iam_member.names) == ["reader", "replacer"]
    error_message = "Who reads may list the names; who only creates may not."
  }
}

run "old_objects_and_old_versions_are_deleted_when_asked" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    lifecycle_days = { delete = 30, delete_noncurrent = 90 }
    versioned      = true
  }

  assert {
    condition = [
      for rule in google_storage_bucket.this.lifecycle_rule : one(rule.condition[*].with_state) if one(rule.action[*].type) == "Delete"
    ] == ["LIVE", "ARCHIVED"]
    error_message = "One rule deletes live objects, one noncurrent versions."
  }
}

run "a_prefix_that_is_no_folder_is_refused" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access = { emotion = { member = "serviceAccount:emotion@a-project.iam.gserviceaccount.com", reads = ["emotions"] } }
  }

  expect_failures = [var.access]
}

run "a_soft_deletion_that_cloud_storage_does_not_know_is_refused" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    soft_delete_days = 3
  }

  expect_failures = [var.soft_delete_days]
}

run "deleting_versions_of_an_unversioned_bucket_is_refused" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    lifecycle_days = { delete_noncurrent = 90 }
  }

  expect_failures = [var.lifecycle_days]
}

run "objects_that_are_kept_cannot_be_deleted_for_that_long" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    lifecycle_days = { keep = 90 }
  }

  assert {
    condition     = google_storage_bucket.this.retention_policy[0].retention_period == "7776000"
    error_message = "90 days are 7,776,000 seconds."
  }
}

run "keeping_what_is_deleted_is_refused" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    lifecycle_days = { delete = 30, keep = 31 }
  }

  expect_failures = [var.lifecycle_days]
}

run "replacing_what_is_kept_is_refused" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    access         = { emotion = { member = "serviceAccount:emotion@a-project.iam.gserviceaccount.com", replaces = ["emotion/"] } }
    lifecycle_days = { keep = 1 }
  }

  expect_failures = [var.access]
}

run "browsers_upload_from_the_origins_that_are_named_and_from_no_other" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    upload_origins = ["https://journal.example"]
  }

  assert {
    condition = (
      tolist(google_storage_bucket.this.cors[0].origin) == tolist(["https://journal.example"]) &&
      tolist(google_storage_bucket.this.cors[0].method) == tolist(["POST", "PUT"])
    )
    error_message = "They may write to a signed URL, and read nothing."
  }
}

run "uploads_from_anywhere_are_refused" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    upload_origins = ["*"]
  }

  expect_failures = [var.upload_origins]
}

run "a_key_of_ones_own_encrypts_the_objects" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    kms_key = "projects/a-project/locations/europe-west1/keyRings/journal/cryptoKeys/samo"
  }

  assert {
    condition     = google_storage_bucket.this.encryption[0].default_kms_key_name == var.kms_key
    error_message = "New objects are encrypted with the key."
  }
}
