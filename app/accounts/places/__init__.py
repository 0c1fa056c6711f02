"""A professional asks for a place in a centre; somebody who administers it decides. Giving places is in actions."""
