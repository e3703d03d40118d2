"""Other frameworks, each with its own derivatives."""
