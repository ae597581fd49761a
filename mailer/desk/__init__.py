"""The web desk: the jobs of the command line as pages in the browser of the person's own machine.

It adds no rule of its own. Every screen calls a job, or shows what a job returned; the words are those of the command line.
"""
