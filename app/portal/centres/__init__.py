"""Who follows a person, as that person sees it; and asking a centre for a record."""
