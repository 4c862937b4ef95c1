"""A crowd at monday's door: the real server, senders that repeat as monday does, and SIGKILL."""
