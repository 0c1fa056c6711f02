"""Documents of a person: letters, reports, images, signed consents. Sealed before they reach a disk or a bucket."""
