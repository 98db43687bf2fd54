"""Checks of the CloudFormation templates that go further than linting: what a deployment would try.

A template is evaluated as CloudFormation does it (`evaluate`), for parameters that turn each condition
on and off (`scenarios`). What comes out is checked against the resource schemas (`schemas`), against
the create calls of each service (`calls`, `shapes`), for order (`order`), permissions (`grants`),
deletion (`deletion`) and limits (`limits`). docs/cloudformation.md says what none of them sees.
"""
