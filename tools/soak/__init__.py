"""`make soak`: all operations for a long time, with faults; nothing may grow, nothing told may be wrong."""
