"""SMTP and IMAP servers on this machine and made-up invitees that answer, to rehearse a campaign."""
