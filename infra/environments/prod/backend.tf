# Bucket names are global: put your own state bucket's name here.
terraform {
  backend "gcs" {
    bucket = "samo-prod-terraform-state"
    prefix = "samo-prod"
  }
}
