"""The safety check as it is posted, and what the page says against it."""

from tests import visits

ALL = ["1", "2", "3", "4", "5", "6", "7"]
E_LINES = {  # signs that can be an emergency: a line that says yes to it, and its group
    "ces": ("ces_bladder", "1"),
    "neuro_prog": ("neuro_weakness", "2"),
    "fracture": ("fracture_injury", "3"),
    "infection": ("infection_fever", "4"),
    "hot_joint": ("hot_joint_sudden", "4"),
    "vascular_neck": ("vascular_neck_sudden", "5"),
    "cardiac_resp": ("cardiac_effort", "5"),
    "aaa": ("aaa_tearing", "5"),
    "dvt": ("dvt_calf", "5"),
    "limb_cold": ("limb_cold_sudden", "5"),
    "pmr_gca": ("pmr_gca_over_50", "6"),
}
U_LINES = {
    "cancer": "cancer_weight",
    "myelopathy": "myelopathy_signs",
    "visceral": "visceral_link",
    "pregnancy": "pregnancy_now",
}
R_LINES = {
    "inflammatory": "inflammatory_morning",
    "crps": "crps_limb",
    "medication": "medication_strong",
    "no_review": "no_review_yet",
    "pem": "pem_crash",
}
CLEAR, FOLLOW_UP, PAUSED = "clear_to_proceed", "proceed_with_follow_up", "paused_referred"


def told(*yes, none=ALL, outcome="", reason="", **more):
    """The posted check: these lines pressed, these groups read to the end."""
    return {"yes": list(yes), "none": list(none), "outcome": outcome, "outcome_reason": reason} | more


def done(flag, **more):
    """The card of one sign: what was done about it, and more."""
    answers = {"action": "Rang Dr Reid while they waited"} | more
    return {"finding": flag} | {f"finding-{flag}-{name}": value for name, value in answers.items()}


def cleared(flag, **more):
    clearance = {
        "cleared_on-day": "4",
        "cleared_on-month": "3",
        "cleared_on-year": "2026",
        "cleared_by": "Dr Reid, GP",
        "cleared_words": "Seen today, nothing that speaks against exercise",
    }
    return done(flag, **clearance | more)


def faults(visit, answers):
    read = visits.document(visits.change(visit), "safety", answers)
    return {} if read.is_valid() else visits.faults(read)


def may_end(visit, answers):
    return faults(visit, answers) == {}
