"""Lost every way in: one administrator asks, another confirms, and a mailed link gives new ones."""
