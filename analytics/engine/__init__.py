"""Athena on one machine: its SQL, run by DuckDB over the same lake."""
