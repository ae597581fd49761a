"""The sentences that the command line and the web interface show, and the words for codes and values in them."""
