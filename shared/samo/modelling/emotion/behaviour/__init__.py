"""What a reader of emotions must be able to do, capability by capability (Ribeiro et al. 2020, "CheckList")."""
