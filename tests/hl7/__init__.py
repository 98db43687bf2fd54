"""Invented HL7 messages, with every quirk that hospitals send, and what must be read of them."""
