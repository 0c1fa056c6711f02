"""How a trial goes at one centre: who takes part and where their visits stand, recruitment, completeness."""
