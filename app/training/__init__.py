"""The short course on handling patients' data: its pages, its quiz, and the certificate that opens the records."""
