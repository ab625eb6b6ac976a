"""`make load`: the service as a city would use it, on one machine, beside the marks to reach."""
