"""The command line. Nothing of the library needs it, and it loads what it needs when a command runs."""
