"""From text to numbers: a lexical view, a latent view, and shingles for near-duplicates."""
