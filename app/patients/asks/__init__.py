"""People with an account ask a centre to open a record, for themselves or for somebody they look after."""
