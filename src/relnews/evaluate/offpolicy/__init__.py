"""From a log with propensities to what another system would have been clicked."""
