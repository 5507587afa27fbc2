"""The command line: one thin module per command; anything slow is imported inside the command that needs it."""

from __future__ import annotations

import errno
import sys

import typer

from countermove.errors import CountermoveError

# Not named `app`: that is the module of a command.
command_line = typer.Typer(
    name="countermove",
    help="Do export controls on AI chips hinder or catalyse? Rules, chips, training runs and a model of the answer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    suggest_commands=False,  # the parser beneath suggests already
)


def _version(value: bool) -> None:
    if value:
        from countermove._version import version

        typer.echo(f"countermove {version()}")
        raise typer.Exit


@command_line.callback()
def _root(  # pyright: ignore[reportUnusedFunction]
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    pass


def _register() -> None:
    from countermove.cli import commands

    commands.register(command_line)


def main() -> None:
    """Entry point: run the command; turn every foreseeable failure into one line and an exit code."""
    from click.exceptions import NoArgsIsHelpError, UsageError

    _register()
    try:
        sys.exit(command_line(standalone_mode=False))
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(2)
    except UsageError as error:
        print(f"error: {error.format_message()}", file=sys.stderr)
        sys.exit(2)
    except CountermoveError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped: nothing was written by halves", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            print(f"error: no space left on the disk that holds {error.filename or 'the output'}", file=sys.stderr)
            sys.exit(2)
        if error.errno in (errno.EACCES, errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EROFS, errno.EADDRINUSE):
            print(f"error: {error.filename or ''}: {error.strerror}", file=sys.stderr)
            sys.exit(2)
        raise
