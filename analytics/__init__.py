"""What analysts read the lake with: schemas, Athena SQL, dashboards, a local engine."""
