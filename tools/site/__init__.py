"""Parts of the documentation that are generated from the code and from `openapi.yaml` when the site is built."""
