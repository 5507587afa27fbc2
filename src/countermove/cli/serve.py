"""`countermove app`: the app in the browser."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("app")(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to serve on; 0.0.0.0 serves other machines too.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to serve on.")] = 8050,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Pull levers in the browser and see the countermove at once; stop with Ctrl-C."""
    from countermove.app import serving

    def announce(address: str) -> None:
        typer.echo(f"{address}   (stop with Ctrl-C)")
        if browser:
            import webbrowser

            webbrowser.open(address)

    serving.serve(host, port, announce)
