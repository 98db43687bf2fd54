"""FHIR DiagnosticReports, alone, in Bundles, and as NDJSON."""
