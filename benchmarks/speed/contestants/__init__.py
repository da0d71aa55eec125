"""Who is measured in `peers`: the library, and what a user would pick instead of it."""
