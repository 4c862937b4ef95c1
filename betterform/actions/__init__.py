"""Verbs that span records, one noun a file. They never commit and never call out."""
