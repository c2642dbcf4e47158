"""What a forger would try: tokens of any header, signed in any way."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from verify_service.confirmation.keys import Ed25519Signer


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def opened(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, without a look at the signature."""
    header, claims, _ = text.split(".")
    return json.loads(base64.urlsafe_b64decode(header + "===")), json.loads(base64.urlsafe_b64decode(claims + "==="))


def signed(header: dict[str, Any], claims: dict[str, Any], signer: Ed25519Signer) -> str:
    """Really signed with the signer's current key, whatever the header says."""
    body = f"{part(header)}.{part(claims)}"
    signature = signer.keys[-1].private.sign(body.encode())
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def unsigned(text: str) -> str:
    """The `alg: none` attack (RFC 8725 §2.1)."""
    header, claims = opened(text)
    return f"{part(header | {'alg': 'none'})}.{part(claims)}."


def hmac_with_the_public_key(text: str, jwk: dict[str, str]) -> list[str]:
    """The key-confusion attack: the public key taken as the secret of an HMAC, in each form a library might hold it."""
    header, claims = opened(text)
    body = f"{part(header | {'alg': 'HS256'})}.{part(claims)}"
    raw = base64.urlsafe_b64decode(jwk["x"] + "=")
    secrets = [raw, jwk["x"].encode(), json.dumps(jwk).encode()]
    macs = [hmac.new(secret, body.encode(), hashlib.sha256).digest() for secret in secrets]
    return [f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}" for mac in macs]
