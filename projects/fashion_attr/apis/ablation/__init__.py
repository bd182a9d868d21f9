"""Ablations: a plan of runs, run and resumed, and one table of what they came to."""

from .jobs import Job, jobs_of
from .page import write_ablation_page
from .plan import Plan, PlannedRun
from .plan_file import read_plan
from .results import RunResult, collect
from .runs import Runs, locked, slots_for
from .table import write_tables

__all__ = [
    'Job',
    'Plan',
    'PlannedRun',
    'RunResult',
    'Runs',
    'collect',
    'jobs_of',
    'locked',
    'read_plan',
    'slots_for',
    'write_ablation_page',
    'write_tables',
]
