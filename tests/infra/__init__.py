"""The infrastructure: what Terraform makes of an environment, the source archives, and the build that feeds it."""
