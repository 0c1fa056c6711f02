"""Who a patient is: the form and its rules, opening a record after a blind match, changing what was wrong."""
