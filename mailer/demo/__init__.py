"""A small mail world on loopback, in which a campaign can be rehearsed: real servers, made-up invitees."""
