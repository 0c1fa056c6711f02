"""Authenticator apps: a secret shared once by a square of dots, and codes that change every thirty seconds."""
