"""The command line: read the options, open the adapters, call one job, show the result."""
