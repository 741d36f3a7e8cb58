"""How NIM speaks: what is sent over the wire, and how what comes back is read, answer or refusal."""
