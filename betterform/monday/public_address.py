"""The address under which monday.com reaches us: tried as monday would, and what is amiss said in words.

monday itself would only say "Internal Server Error" when it cannot reach the address.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import requests

from betterform.monday.errors import FixSettings
from betterform.monday.office import Office

LONGEST_URL = 255
PROBE_SECONDS = 10.0
CHALLENGE = {"challenge": "betterform"}
REAL_MONDAY = "monday.com"
LOCAL_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".test", ".home.arpa")
START_AND_CHECK = (
    "Start the web server, and check that PUBLIC_URL is the address under which the internet reaches it."
)


def check(office: Office) -> None:
    """Ask our own door as monday will. Raises FixSettings, in words, when it would not answer monday."""
    where = _where(office)
    _check_form(office, where)
    try:
        with requests.Session() as session:
            session.trust_env = False  # monday comes without our proxies
            answer = session.post(
                office.webhook_url, json=CHALLENGE, timeout=PROBE_SECONDS, allow_redirects=False
            )
    except requests.RequestException as error:
        raise FixSettings(_unreachable(error, where), code="address") from None
    reason = _wrong_answer(answer, where)
    if reason:
        raise FixSettings(reason, code="address")


def advice(office: Office) -> str:
    """What works but should be better, or ""."""
    if _is_real(office) and urlsplit(office.public_url).scheme == "http":
        return (
            "PUBLIC_URL begins with http://, so webhooks and the secret in their address travel in the clear."
            " Use https://, then repair the webhooks."
        )
    return ""


def _where(office: Office) -> str:
    """The address with its secret left out."""
    return f"{office.public_url}/monday/webhook/…"


def _check_form(office: Office, where: str) -> None:
    parts = urlsplit(office.public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FixSettings(
            "PUBLIC_URL is not a web address: it has to look like https://quotes.example.org.", code="address"
        )
    if len(office.webhook_url) > LONGEST_URL:
        raise FixSettings(
            f"The webhook address is longer than the {LONGEST_URL} characters that monday takes.",
            code="address",
        )
    if _is_real(office) and _is_local(parts.hostname):
        raise FixSettings(
            f"{where} is an address of this machine or its network, where monday.com cannot come."
            " Set PUBLIC_URL to the address under which the internet reaches betterform.",
            code="address",
        )


def _is_real(office: Office) -> bool:
    """Whether webhooks come from monday.com itself and not from a stand-in on this machine."""
    host = urlsplit(office.api_url).hostname or ""
    return host == REAL_MONDAY or host.endswith(f".{REAL_MONDAY}")


def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith(LOCAL_ENDINGS):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host  # a bare name is known in the own network only


def _unreachable(error: requests.RequestException, where: str) -> str:
    """A network failure in words; requests tells most of them apart by what they wrap only."""
    wrapped = repr(error)
    if isinstance(error, requests.exceptions.SSLError):
        return _tls_problem(wrapped, where)
    if isinstance(error, requests.exceptions.Timeout):
        return (
            f"{where} did not answer within {PROBE_SECONDS:.0f} seconds; monday.com does not wait longer."
            f" {START_AND_CHECK}"
        )
    if "NameResolutionError" in wrapped:
        return f"{where} is not known on the internet: there is no such host name. Check PUBLIC_URL."
    if isinstance(error, requests.exceptions.ConnectionError):
        return f"{where} does not answer. {START_AND_CHECK}"
    return f"{where} cannot be asked. Check PUBLIC_URL."


def _tls_problem(wrapped: str, where: str) -> str:
    if "WRONG_VERSION_NUMBER" in wrapped or "record layer" in wrapped:
        return (
            f"{where} begins with https://, but what answers there does not speak https."
            " Check PUBLIC_URL, or set up https."
        )
    if "has expired" in wrapped:
        return f"The certificate of {where} has expired: monday.com will not come. Renew it."
    if "Hostname mismatch" in wrapped or "doesn't match" in wrapped or "IP address mismatch" in wrapped:
        return f"The certificate of {where} is for another host name: monday.com will not come."
    return (
        f"The certificate of {where} is not one that the internet trusts: monday.com will not come."
        " Install one of a public authority, with its intermediate certificates."
    )


def _wrong_answer(answer: requests.Response, where: str) -> str:
    """What is wrong with an answer, or ""."""
    if answer.is_redirect or 300 <= answer.status_code < 400:
        leads = urlsplit(answer.headers.get("Location", ""))
        target = f" to {leads.scheme}://{leads.netloc}" if leads.netloc else ""
        return (
            f"{where} sends visitors on{target}, and monday.com does not follow."
            " Set PUBLIC_URL to the address that answers itself."
        )
    if answer.status_code == 404:
        return (
            f"{where} answers “not found”. Check that betterform runs there, with the same"
            " MONDAY_WEBHOOK_SECRET as here."
        )
    if answer.status_code in (401, 403, 407):
        return (
            f"{where} wants a password or lets nobody in (status {answer.status_code})."
            " Let monday.com through to /monday/webhook/ without one."
        )
    if answer.status_code >= 500:
        return f"{where} answers with a fault of the server (status {answer.status_code}). {START_AND_CHECK}"
    try:
        said = answer.json() if answer.status_code == 200 else None
    except ValueError:
        said = None
    if said != CHALLENGE:
        return f"{where} does not answer as betterform does. {START_AND_CHECK}"
    return ""
