"""Models behind endpoints: made, scaled, registered, torn down."""
