"""评价 — did a policy do anything: decompositions, series, counterfactuals."""
