"""Executing an experiment: order, concurrency, rate, retry, stop, and what is written on the way."""
