"""One blueprint a file. Nothing in here decides about business: it asks forms and actions."""
