"""Makes the goldens of tests/lab/ from the captures of a run of the lab."""
