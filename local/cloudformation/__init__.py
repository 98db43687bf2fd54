"""Checks of the CloudFormation templates, for what only a deployment would show.

A template is evaluated as CloudFormation does it (`evaluate`), for parameters that turn each
condition on and off (`scenarios`). What comes out is checked against the resource schemas
(`schemas`), against the create calls of each service (`calls`, `shapes`), for order (`order`),
permissions (`grants`), deletion (`deletion`), updates (`updates`) and limits (`limits`).
docs/cloudformation.md says what none of them sees.
"""
