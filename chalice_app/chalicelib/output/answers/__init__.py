"""Drafts in the format of the report that they are for: HL7 v2 and FHIR."""
