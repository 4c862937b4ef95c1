"""Jobs: each calls one verb. What has to be done stands in the inbox and the outbox, not in the queue."""
