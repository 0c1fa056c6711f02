"""The data checks of a trial: run over the values of its visits, what they found, and how that was explained."""
