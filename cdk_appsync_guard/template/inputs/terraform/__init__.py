"""`terraform show -json` (OpenTofu's too) → the template of CloudFormation that means the same."""
