"""Result addresses that point inside are refused, in whatever disguise."""

from __future__ import annotations

import ipaddress

import httpx
import pytest

from film.errors import BadMedia
from film.providers.addresses import check_outside, is_public, literal_address


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.88.99.1", "198.18.0.1", "192.0.2.1",
        "::1", "::", "fe80::1", "fc00::1", "ff0e::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:808:808::", "2001:0:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "104.18.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1", "[::1]", "::1"])
def test_every_spelling_of_a_loopback_address_is_seen(host: str) -> None:
    address = literal_address(host)
    assert address is not None
    assert address.is_loopback


def test_a_name_is_no_address() -> None:
    assert literal_address("v3.fal.media") is None


@pytest.mark.parametrize(
    "url",
    [
        "http://v3.fal.media/a.png",
        "file:///etc/passwd",
        "ftp://example.com/a",
        "//example.com/a",
        "https://user:pass@example.com/a",
        "https://127.0.0.1/a",
        "https://2130706433/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://[64:ff9b::7f00:1]/a",
        "https://169.254.169.254/latest/meta-data",
    ],
)
def test_urls_that_lead_inside_are_refused(url: str) -> None:
    with pytest.raises(BadMedia, match="refused"):
        check_outside(httpx.URL(url), "fal")


def test_a_public_https_url_passes() -> None:
    check_outside(httpx.URL("https://v3.fal.media/files/a.png"), "fal")
