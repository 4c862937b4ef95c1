"""One noun a file; choices and facts are passed in."""
