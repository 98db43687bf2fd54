"""Tools for analysing the lake: schemas, Athena SQL, dashboards, a local query engine."""

import common  # noqa: F401  # puts chalicelib on sys.path: this package runs from its checkout
