"""The command line of the service starter."""

import argparse
import sys

from tests.services import elasticsearch_archive, system
from tests.services.servers import VARIABLES, ServiceFailed, run_with
from tests.services.system import ServiceMissing

PROGRAMS = {"postgres": "postgres", "redis": "redis-server", "nginx": "nginx", "chromium": "chromium", "maven": "mvn"}


def ensure(name: str) -> str:
    """Install what the name stands for if it is missing; where it is."""
    if name == "elasticsearch":
        system.java_home()
        return str(elasticsearch_archive.unpacked())
    return system.program(PROGRAMS[name])


def _names(known: list[str]):
    def parse(text: str) -> list[str]:
        names = [name.strip() for name in text.split(",") if name.strip()]
        unknown = sorted(set(names) - set(known))
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)} (known: {', '.join(known)})")
        return names

    return parse


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.services", description="Real servers on loopback.")
    commands = parser.add_subparsers(dest="verb", required=True)
    run = commands.add_parser("run", help="run a command beside servers, stop them after it")
    run.add_argument("--with", dest="names", type=_names(list(VARIABLES)), required=True, metavar="NAME,NAME")
    run.add_argument("command", nargs="+")
    install = commands.add_parser("ensure", help="install what is missing and say where it is")
    install.add_argument("names", type=_names([*PROGRAMS, "elasticsearch"]), metavar="NAME,NAME")
    options = parser.parse_args()
    try:
        if options.verb == "run":
            return run_with(options.names, options.command)
        for name in options.names:
            print(f"{name}: {ensure(name)}")
    except (ServiceMissing, ServiceFailed) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
