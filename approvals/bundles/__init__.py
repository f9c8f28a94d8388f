"""Documents that become public together: made, rehearsed and published as a whole."""
