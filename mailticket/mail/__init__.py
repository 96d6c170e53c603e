"""Mail as the RFCs see it: values and pure functions."""
