"""The trial file: reading and checking it, and what follows from it for one person. Pure but for `library`."""
