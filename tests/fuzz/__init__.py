"""Coverage-guided fuzzing of everything that decodes input: `make fuzz`."""
