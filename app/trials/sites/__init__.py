"""The centres that take part in a trial: opened, closed, with how many people they hope to enrol."""
