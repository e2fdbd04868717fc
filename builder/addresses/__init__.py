"""Addresses: the ledger of all that were published, redirects, and releases."""
