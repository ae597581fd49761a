"""The frozen values that all other packages exchange: contacts, invitations, messages, ledger entries."""
