"""Signing visits: what stands against it, what a signature holds, and what withdraws it."""
