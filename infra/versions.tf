# Nothing is applied from here: this folder is the root from which `terraform test` runs the files in tests/.
terraform {
  required_version = ">= 1.9"
}
