"""Endpoints: deployment, scaling, registration and teardown."""
