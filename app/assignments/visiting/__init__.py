"""What visits ask: assignments that come from a visit of a trial, and answers that count for several."""
