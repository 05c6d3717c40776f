"""What the documentation takes from the code and from `openapi.yaml` when it is built."""
