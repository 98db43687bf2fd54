"""Builds the deployment zip and its templates from the checkout, and runs cfn-lint on them."""
