"""`make soak`: all operations for a long time, with faults; nothing may grow, and nothing that was told may be wrong."""
