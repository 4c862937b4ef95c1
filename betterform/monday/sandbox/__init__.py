"""A stand-in for monday.com: a small server of its own that speaks the part of its API that betterform uses.

It imports nothing of betterform outside this package. See `server.SandboxServer` and `world.World`.
"""

from __future__ import annotations

from betterform.monday.sandbox.limits import Limits
from betterform.monday.sandbox.server import SandboxServer, create_sandbox
from betterform.monday.sandbox.world import DEFAULT_TOKEN, World

__all__ = ["DEFAULT_TOKEN", "Limits", "SandboxServer", "World", "create_sandbox"]
