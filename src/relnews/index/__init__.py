"""Candidates for an article at a moment: eligible only, exact, freshness inside."""
