"""A person and their own account: who they are, how they sign in, where they are signed in."""
