"""What is prescribed to a person, what was not tolerated, and the public database of drugs."""
