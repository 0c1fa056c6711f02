"""Opening an account by oneself: what is asked, the proofs, and what comes of it. Places in centres are in places."""
