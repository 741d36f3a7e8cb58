"""The built-in model: its weights, the process that serves it, and the manager of that process."""
