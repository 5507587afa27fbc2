"""Headers and bounds of the server."""

from __future__ import annotations

import pytest

from countermove.app.server import create


@pytest.fixture(scope="module")
def client():
    return create().server.test_client()


def test_the_policy_allows_nothing_from_elsewhere(client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts


def test_the_page_names_no_other_host(client) -> None:
    assert "https://" not in client.get("/").text


def test_a_loopback_server_refuses_foreign_host_names(client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    assert client.get("/", headers={"Host": "localhost:8050"}).status_code == 200


def test_large_requests_are_refused(client) -> None:
    answer = client.post("/_dash-update-component", data=b"x" * 2_000_000, content_type="application/json")
    assert answer.status_code == 413
