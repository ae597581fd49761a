"""Signing in to a mailbox by OAuth 2: the providers, the redirect to this machine, and the tokens that are kept."""

from mailer.signin.command import run_token_command

__all__ = ["run_token_command"]
