"""Signing a visit and what its data checks found, as the team reads them."""
