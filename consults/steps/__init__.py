"""The steps of a consultation, in order."""

from consults.steps import (
    acknowledge,
    activities,
    before_you_go,
    beliefs,
    explain,
    reframe,
    resources,
    safety,
    timescale,
)

SEVEN = (
    acknowledge.STEP,
    explain.STEP,
    beliefs.STEP,
    reframe.STEP,
    activities.STEP,
    resources.STEP,
    timescale.STEP,
)
STEPS = (safety.STEP, *SEVEN, before_you_go.STEP)
FIRST_VISIT = (
    acknowledge.STEP,
    safety.STEP,
    *SEVEN[1:],
    before_you_go.STEP,
)  # the story comes before the check
BY_SLUG = {step.slug: step for step in STEPS}


def in_order(consultation):
    """The steps as a visit goes through them."""
    return FIRST_VISIT if consultation.is_first else STEPS


def following(step, *, gate_done):
    """The step to open after this one is saved, or None after the last (then comes the review).

    A first visit opens on step 1; the safety check comes after it unless it is done already.
    """
    if step is acknowledge.STEP and not gate_done:
        return safety.STEP
    if step is safety.STEP:
        return explain.STEP
    order = (*SEVEN, before_you_go.STEP)
    at = order.index(step)
    return order[at + 1] if at + 1 < len(order) else None
