"""Every list of a site, or those that changes concern: made, checked and stored."""

from relnews.batch.precompute import make_due, make_some
from relnews.batch.run import Desk
from relnews.batch.task import Task

__all__ = ["Desk", "Task", "make_due", "make_some"]
