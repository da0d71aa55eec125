"""From candidates to a list, stage by stage; each stage is a function of arrays and settings."""
