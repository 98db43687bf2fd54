"""JSON as hospitals send it: one object, an array, or one object after another."""
