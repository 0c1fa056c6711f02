"""Whether a person has a record already: compared on names, birth, sex and NIR; found by keyed hashes alone."""
