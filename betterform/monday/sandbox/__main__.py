"""`python -m betterform.monday.sandbox`: the stand-in on a port."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from betterform.monday.sandbox import DEFAULT_TOKEN, Limits, SandboxServer
from betterform.monday.sandbox.seed import SEEDS


def main() -> None:
    options = _options()
    server = SandboxServer(
        seed=options.seed,
        host=options.host,
        port=options.port,
        token=options.token,
        state=options.state,
        app_url=options.app_url,
        signing_secret=options.signing_secret,
        speed=options.speed,
        limits=Limits.of_plan(options.plan) if options.plan else None,
    )
    finished = threading.Event()

    def finish(_signal: int, _frame: FrameType | None) -> None:
        finished.set()

    signal.signal(signal.SIGINT, finish)
    signal.signal(signal.SIGTERM, finish)
    with server:
        sys.stdout.write(f"monday stand-in: {server.url} (API {server.api_url}, token {server.token})\n")
        sys.stdout.flush()
        finished.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m betterform.monday.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8999)
    parser.add_argument(
        "--state", type=Path, help="keep boards in this file, and uploads in a folder beside it"
    )
    parser.add_argument("--seed", choices=sorted(SEEDS), default="demo")
    parser.add_argument("--app-url", default="http://127.0.0.1:5000", help="where betterform is")
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    parser.add_argument("--signing-secret", help="sign webhooks with a JWT, as an integration app's are")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster windows and retries pass")
    parser.add_argument(
        "--plan", choices=("standard", "pro", "enterprise"), help="enforce this plan's limits"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
