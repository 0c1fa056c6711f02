"""Centres and other places of care or inclusion: what is known of them, and opening and closing them."""
