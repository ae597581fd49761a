"""The verbs. Each job loads through doors, decides in pure rooms, and acts and records through doors."""
