"""Who looked at a record, shown to the person it is about and to whoever answers for them."""
