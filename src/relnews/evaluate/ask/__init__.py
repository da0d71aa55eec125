"""From truth to what is asked: questions, tasks, and the guards that take leaks out."""
