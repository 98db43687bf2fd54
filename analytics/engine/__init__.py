"""A local Athena: its SQL, run by DuckDB on the same lake."""
