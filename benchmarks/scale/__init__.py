"""Scale on paper: simulates the deployed system, which nobody here can load in AWS.

`design` reads the system's parameters from template.yaml and training/, `service_times` holds what
was measured or published. `endpoint`, `batcher`, `function` and `queue` simulate the parts,
`system` runs them together; `night` calculates the nightly window, `bill` the cost.
"""
