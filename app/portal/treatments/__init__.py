"""What patients are prescribed, for them and for those who may look for them."""
