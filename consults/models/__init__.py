from consults.models.activities import Activity, ActivityVisit
from consults.models.beliefs import (
    Alternative,
    AlternativeRating,
    Belief,
    BeliefRating,
    Card,
    CardUse,
    Experiment,
)
from consults.models.consultations import (
    SLUGS,
    Addendum,
    Consultation,
    Draft,
    SafetyFinding,
    Step,
    StepEntry,
)
from consults.models.goals import FlarePlan, Goal, GoalRating, Review
from consults.models.people import Ally, Client, ClientWord, ResourceGiven
from consults.models.plans import Plan, PlanLink, PlanVersion

__all__ = [
    "SLUGS",
    "Activity",
    "ActivityVisit",
    "Addendum",
    "Ally",
    "Alternative",
    "AlternativeRating",
    "Belief",
    "BeliefRating",
    "Card",
    "CardUse",
    "Client",
    "ClientWord",
    "Consultation",
    "Draft",
    "Experiment",
    "FlarePlan",
    "Goal",
    "GoalRating",
    "Plan",
    "PlanLink",
    "PlanVersion",
    "ResourceGiven",
    "Review",
    "SafetyFinding",
    "Step",
    "StepEntry",
]
