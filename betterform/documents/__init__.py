"""The paper: one family of templates, shown on screen and printed to PDF behind a closed door."""
