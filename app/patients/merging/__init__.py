"""Making two records of one person one, and two again. Whose rows are whose when that is undone is the dashboard's."""
