"""HL7 v2: ORU^R01 results and MDM^T02 documents, one message or many, with or without a batch."""
