"""GraphQL over HTTP, as monday speaks it."""
