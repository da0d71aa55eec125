"""Evaluation: what a list is worth, measured without leaks, for any recommender."""
