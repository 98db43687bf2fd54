"""Reports as plain text: their sections, and a text as a record."""
