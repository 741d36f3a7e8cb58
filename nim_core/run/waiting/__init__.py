"""What stands before a request: the pace of its key, the line of the built-in model, the hour's allowance."""
