"""Answers in the language of the question: a draft as an HL7 message or a FHIR resource."""
