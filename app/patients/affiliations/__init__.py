"""Which centres follow a person: one asks, one that knows the person decides, each may leave, the person is told."""
