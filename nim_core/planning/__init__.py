"""From what a person writes to an Experiment."""
