"""What analysts read the lake with: schemas, Athena SQL, dashboards, a local engine."""

import common  # noqa: F401  # puts chalicelib on the path: this package runs from its checkout
