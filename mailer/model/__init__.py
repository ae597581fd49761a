"""The nouns of the trade: frozen values that every room hands to the next."""
