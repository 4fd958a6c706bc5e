"""What a fit did, as text."""

from score import text


def _weight_rows(fitted):
    for (_, _), change in sorted(fitted.changes.items()):
        weight = change.weight
        moved = change.db - weight.db
        yield (change.cause, weight.fact + ("" if weight.is_true else " (no)"),
               f"{weight.start_db:+g}", f"{weight.db:+g}", f"{change.db:+g}",
               f"{moved:+g}" if moved else "", change.runs)


def fitted_table(fitted):
    return (f"{fitted.fault.id}, {fitted.runs} runs\n" +
            text.table(("cause", "fact", "first set", "before", "fitted", "moved", "runs"),
                       _weight_rows(fitted)))


def left_out_lines(left_out):
    for why, count in sorted(left_out.items()):
        yield f"Not used: {count} faults of captures, as {why}."


def worse_line(lost):
    return f"{lost[0]} is left as it was, for the other half got worse: {lost[1]}."


def _figures_row(name, figures):
    return (name, text.of(figures.runs), text.of(figures.all.cause),
            text.percent(figures.all.cause), text.number(figures.brier),
            text.number(figures.multiclass), text.number(figures.merged),
            text.number(figures.calibration_error))


def before_after(halves):
    """halves: (name, figures before, figures after) for the half fitted on and the other one."""
    rows = [_figures_row(f"{name}, {when}", figures)
            for name, before, after in halves
            for when, figures in (("before", before), ("after", after))]
    return text.table(("captures", "fault and service", "cause", "", "Brier", "summed",
                       "ties as one", "calibration off by"), rows)
