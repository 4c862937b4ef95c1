"""The WSGI entry point."""

from betterform.app import create_app

app = create_app()
