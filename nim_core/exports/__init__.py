"""What can be taken away: rows, report, notebook, script, transcript, code samples."""
