"""Results of laboratories: what can be measured, in which units, reports with their results, files of results."""
