"""Web interface: the jobs of the command line as pages in the browser of the person's own machine.

It has no rules of its own: every page calls a job or shows what a job returned, in the same sentences as the command
line.
"""
