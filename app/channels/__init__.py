"""Mail, text messages and calls that leave the product, and what became of each. Who writes what is decided above."""
