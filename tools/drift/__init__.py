"""Four comparisons that keep the vendor, `openapi.yaml`, `generated/` and `overlay/` in step."""
