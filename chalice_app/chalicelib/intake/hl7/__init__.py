"""HL7 v2 messages with observations (ORU, MDM): framing, syntax, and the report in them."""
