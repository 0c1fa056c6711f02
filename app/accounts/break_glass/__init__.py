"""Opening who a patient is to somebody who looks after the network: briefly, for a reason, seen by the centre."""
