"""An endpoint with a GPU's costs: it takes long for a call, and little more for a further record."""
