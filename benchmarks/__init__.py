"""Benchmarks against httpx and the vendor's SDK. They are no tests."""
