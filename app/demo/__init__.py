"""People and mail of the demonstration. Never loaded where real people's data are kept."""
