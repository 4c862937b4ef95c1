"""What the program refuses is said in a sentence, without a traceback, and the exit code is 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from betterform.errors import BetterformError, InvalidInput


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn expected errors into a message on stderr; everything else is a bug and shows its trace."""
    try:
        yield
    except InvalidInput as error:
        raise click.ClickException("\n".join(error.fields.values()) or error.message) from error
    except BetterformError as error:
        raise click.ClickException(error.message or type(error).__name__) from error
