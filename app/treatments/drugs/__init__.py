"""The public French drug database (ANSM, BDPM): read from its files, brought up to date, searched."""
