"""An endpoint with a GPU's costs: a call is expensive, a further record in it is cheap."""
