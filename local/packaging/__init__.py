"""From the checkout to the deployment zip and its templates, and cfn-lint on all of them."""
