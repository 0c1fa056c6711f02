"""Who read a record lately, as a team may know it. What patients are told of readings stands in the portal."""
