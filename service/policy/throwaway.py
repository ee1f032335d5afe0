"""E-mail domains whose mailboxes are thrown away: the list of disposable-email-domains."""

from disposable_email_domains import blocklist

from service.policy.links import is_allowed, plain_host


def is_throwaway(email: str) -> bool:
    """Tell whether an address is at a domain whose mailboxes anybody gets without signing up."""
    _, at, domain = email.rpartition("@")
    return bool(at) and is_allowed(plain_host(domain), blocklist)
