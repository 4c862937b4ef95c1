"""A desk to measure at: betterform on gunicorn with a database of its own, and somebody signed in.

The server runs as in production, with one worker of four threads, and answers over HTTP on this machine;
beside betterform it serves `/empty`, a bare Flask view, to tell what HTTP, gunicorn and Flask take.
"""

from __future__ import annotations

import os
import platform
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http.client import HTTPConnection, HTTPResponse
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from betterform import clock
from betterform.actions import company, contacts, quotes, tax_rates, users
from betterform.app import create_app
from betterform.db import db, transaction
from betterform.forms.quote import QuoteForm, as_typed
from betterform.models.history import SYSTEM
from betterform.models.quote import QuoteLine
from betterform.models.user import Role
from tests.documents.papers import PRODUCTS

ROOT = Path(__file__).resolve().parent.parent
EMAIL, PASSWORD = "bench@example.org", "a-long-enough-bench-password"
RATES = ("8.1", "2.6", "3.8")
FORM_HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}
HTMX_HEADERS = {"HX-Request": "true", "HX-Request-Type": "partial"}
TICKS = os.sysconf("SC_CLK_TCK")
