"""Putting every person's data key under the newest wrapping key, while the product runs."""
