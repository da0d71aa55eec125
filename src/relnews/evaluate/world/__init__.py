"""From questions to lists: a site as of a moment, and the systems that look at it."""
