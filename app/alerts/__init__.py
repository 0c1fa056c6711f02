"""Alerts: a red flag that became true, who was told, and who took it up. What it means stands in the file."""
