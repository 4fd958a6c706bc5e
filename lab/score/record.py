"""The figures and every judgement as plain data, for other programs."""

from score import text


def _share(share):
    return {"right": share.right, "total": share.total,
            **({"value": share.value, "within": list(share.interval)} if share.total else {})}


def _part(part):
    return {"fault": _share(part.fault), "service": _share(part.service), "both": _share(part.both),
            "cause": _share(part.cause), "tied": part.tied, "tie_unnamed": part.unnamed}


def _judgement(judgement):
    label = judgement.label
    return {
        "capture": str(label.capture), "scenario": label.scenario, "seed": label.seed,
        "side": label.side, "healthy": label.healthy, "verdict": judgement.verdict,
        "right": judgement.is_right,
        "findings": [{"fault": finding.label.name, "found": finding.found,
                      "fault_right": finding.fault_right, "service_right": finding.service_right,
                      "shown": finding.label.shown, "cause": finding.label.cause,
                      "first_cause": finding.top, "cause_right": finding.cause_right,
                      "tied": finding.is_tie, "tie_unnamed": finding.is_unnamed_tie,
                      "causes": [{"id": cause, "probability": p, "truth": y}
                                 for cause, p, y in finding.ranked]}
                     for finding in judgement.findings],
        "complaints": list(text.complaints(judgement))}


def record(figures, goals):
    """All of it; keys are `whydown.score/1`'s."""
    f = figures
    return {
        "schema": "whydown.score/1",
        "goals": [{"what": goal.what, "value": goal.value, "bound": goal.bound,
                   "is_minimum": goal.is_minimum, "holds": goal.holds} for goal in goals],
        "captures": {"incident": _share(f.runs), "healthy": _share(f.healthy)},
        "all": _part(f.all),
        "clients": _share(f.clients),
        "brier": {"mean": f.brier, "multiclass": f.multiclass, "merged": f.merged,
                  "scored": f.scored},
        "calibration": [{"count": at.count, "predicted": (at.means or [None])[0],
                         "observed": (at.means or [None])[-1]} for at in f.calibration],
        "calibration_error": f.calibration_error,
        "false_alarms": len(f.false_alarms), "healthy_hours": f.healthy_hours,
        "wrong_incidents": len(f.wrong), "inconclusive": f.inconclusive,
        "by_fault": {name: _part(part) for name, part in sorted(f.by_fault.items())},
        "by_cause": {name: _part(part) for name, part in sorted(f.by_cause.items())},
        "by_scenario": {name: _part(part) for name, part in sorted(f.by_scenario.items())},
        "judgements": [_judgement(judgement) for judgement in f.judgements]}
