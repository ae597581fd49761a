"""The command line: parse, open doors, call one job, show."""
