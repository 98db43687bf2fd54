"""IAM policies as they are deployed, and an engine that evaluates them."""
