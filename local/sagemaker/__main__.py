"""`python -m local.sagemaker`: serve models until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from local.sagemaker.app import create_app
from local.sagemaker.control.plane import ControlPlane
from local.sagemaker.ctranslate2_model import CTranslate2Model
from local.sagemaker.errors import EndpointNameError, SetupError
from local.sagemaker.registry import check_endpoint_name
from local.sagemaker.server import RuntimeServer, bind_loopback

PROGRAM = "local.sagemaker"


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{PROGRAM}: {message}; see --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; returns the exit code: 0, 2 for invalid arguments, 3 for the port."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if bool(options.state) != bool(options.aws_url):
        parser.error("--state and --aws-url require each other")
    try:
        control = (options.state, options.aws_url) if options.state else None
        return _serve(options.host, options.port, options.endpoint, control)
    except SetupError as error:
        _say(str(error))
        return error.exit_code


def _serve(
    host: str,
    port: int,
    endpoints: Sequence[tuple[str, Path]],
    control: tuple[Path, str] | None,
) -> int:
    directories = dict(endpoints)
    if len(directories) < len(endpoints):
        names = [name for name, _ in endpoints]
        duplicate = next(name for name in names if names.count(name) > 1)
        raise EndpointNameError(duplicate, "given twice; use a different name for each endpoint")

    with bind_loopback(host, port) as listener:
        plane = None if control is None else ControlPlane(control[0], control[1])
        models = (
            {name: CTranslate2Model(path) for name, path in directories.items()}
            if plane is None
            else plane.models(directories)
        )
        address, bound_port = listener.getsockname()[:2]
        shown = f"[{address}]" if ":" in address else address
        ready = f"ready on http://{shown}:{bound_port} ({', '.join(models)})"
        server = RuntimeServer(create_app(models, plane=plane), lambda: _say(ready))

        # uvicorn raises the signal again after it has stopped, which must not look like a crash.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: None)
        server.run(sockets=[listener])

    return 0


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog=f"python -m {PROGRAM}", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="loopback address (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=0, help="port; 0 selects a free one (default)")
    parser.add_argument(
        "--endpoint",
        action="append",
        required=True,
        type=_endpoint,
        metavar="NAME=MODEL_DIR",
        help="endpoint name and directory of a CTranslate2 model; may be repeated",
    )
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="also run the control plane, with its state here"
    )
    parser.add_argument(
        "--aws-url", metavar="URL", help="with --state: the local AWS, for all other services"
    )
    return parser


def _endpoint(value: str) -> tuple[str, Path]:
    name, separator, directory = value.partition("=")
    if not separator or not directory:
        raise argparse.ArgumentTypeError(f"{value!r} is not NAME=MODEL_DIR")

    try:
        check_endpoint_name(name)
    except EndpointNameError as error:
        raise argparse.ArgumentTypeError(str(error)) from None

    return name, Path(directory)


def _say(line: str) -> None:
    print(f"{PROGRAM}: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
