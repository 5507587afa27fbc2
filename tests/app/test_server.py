"""Headers and bounds of the server."""

from __future__ import annotations

import base64
import hashlib
import re

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


def test_the_only_inline_script_is_dashs_own_and_named_by_its_hash(client) -> None:
    answer = client.get("/?v=1&from=<script>alert(1)</script>")
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", answer.text, re.S)
    hashes = {base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in inline}
    scripts = next(
        part for part in answer.headers["Content-Security-Policy"].split("; ") if part.startswith("script-src")
    )
    assert hashes == set(re.findall(r"'sha256-([^']+)'", scripts))
    assert "alert" not in answer.text


def test_the_page_says_its_language(client) -> None:
    assert '<html lang="en">' in client.get("/").text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"output": "nothing.data", "inputs": []}'])
def test_nonsense_does_not_stop_the_server(client, body: bytes) -> None:
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.post("/_dash-update-component", data=body, content_type="application/json").status_code >= 400
    assert client.get("/").status_code == 200
