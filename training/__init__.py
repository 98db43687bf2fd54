"""Data preparation and training: invented reports, and the embedded model."""
