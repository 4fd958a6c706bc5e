"""The figures as text, for a terminal or a log."""

import shlex

from score import figures as fig


def percent(share):
    return "-" if share.value is None else f"{100 * share.value:.1f} %"


def number(value):
    return "-" if value is None else f"{value:.3f}"


def of(share):
    return f"{share.right}/{share.total}" if share.total else "-"


def within(share):
    if share.interval is None:
        return ""
    low, high = share.interval
    return f"{100 * low:.0f}-{100 * high:.0f} %"


def _is_number(cell):
    return not cell or cell[0].isdigit() or cell == "-"


def number_columns(rows, count):
    """Which columns hold nothing but numbers; the first is a name."""
    return [at > 0 and all(_is_number(row[at]) for row in rows) for at in range(count)]


def table(head, rows):
    """Columns as wide as they need; those of numbers to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    is_right = number_columns(rows, len(head))
    lines = ["  ".join(cell.rjust(width) if to_right else cell.ljust(width)
                       for cell, width, to_right in zip(row, widths, is_right)).rstrip()
             for row in [head, *rows]]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def goal_rows(goals):
    for goal in goals:
        value = "-" if goal.value is None else f"{goal.value:.4g}"
        yield (goal.what, value, ("at least " if goal.is_minimum else "at most ") +
               f"{goal.bound:g}", "holds" if goal.holds else "MISSED")


PART_HEAD = ("captures", "fault", "service", "both", "cause", "tied", "tie unnamed")


def part_rows(parts):
    for name, part in sorted(parts.items()):
        yield (name, part.fault.total, of(part.fault), of(part.service), of(part.both),
               of(part.cause), part.tied or "-", part.unnamed or "-")


def confusion_rows(counter):
    for (true, found), count in sorted(counter.items()):
        is_right = true == found or found.endswith(fig.TIED)
        yield true, found, count, "" if is_right else "differs"


def calibration_rows(figures):
    for at, part in enumerate(figures.calibration):
        predicted, observed = part.means or (None, None)
        yield (f"{at / fig.BINS:.1f}-{(at + 1) / fig.BINS:.1f}", part.count, number(predicted),
               number(observed))


def incident_words(incident):
    service = incident["service"]
    where = " ".join([*service.get("servers", []), *([f"port {service['port']}"]
                                                     if "port" in service else [])])
    return f"{incident['fault']} at {where or 'no service'}"


def _fault_words(fault):
    where = " ".join([*fault.servers, *([f"port {fault.port}"] if fault.port is not None else [])])
    return " or ".join(fault.fault) + (f" at {where}" if where else "")


def finding_complaints(finding):
    """What is wrong about one labelled fault, in words."""
    fault = finding.label
    if not finding.fault_right:
        yield f"fault: found {finding.found}, expected {_fault_words(fault)}"
    elif not finding.service_right:
        found = incident_words(finding.incident) + " over " + finding.incident["transport"]
        yield f"service: found {found}, expected {_fault_words(fault)}"
    if fault.shown and not finding.cause_right and finding.incident:
        ranked = ", ".join(f"{cause} {p:.2f}" for cause, p, _ in finding.ranked[:3])
        ties = f" (ties: {' '.join(fault.ties)})" if fault.ties else ""
        unnamed = "; the report does not name the tie" if finding.is_unnamed_tie else ""
        yield f"cause: found {ranked}; expected {fault.cause}{ties}{unnamed}"


def complaints(judgement):
    """Everything wrong about one capture, in words."""
    if judgement.failure:
        yield f"no report: {judgement.failure}"
        return
    for finding in judgement.findings:
        yield from finding_complaints(finding)
    for attack in judgement.attacks:
        if attack.incident is None:
            yield f"attack: not found, expected {_fault_words(attack.label)}"
        elif not attack.is_outage_right:
            yield (f"attack: {attack.incident['fault']} caused the outage: found "
                   f"{attack.caused_outage}, expected {attack.label.caused_outage}")
    for incident in judgement.wrong:
        kind = "false alarm" if incident in judgement.false_alarms else "wrong incident"
        yield f"{kind}: {incident_words(incident)}"


def miss_lines(figures):
    for judgement in figures.misses:
        label = judgement.label
        yield f"{label.capture}  ({label.scenario}, seed {label.seed}, {label.side or 'no side'})"
        for complaint in complaints(judgement):
            yield f"    {complaint}"


def summary_rows(figures):
    f = figures
    yield "incident captures right (fault and service)", of(f.runs), percent(f.runs), within(f.runs)
    for what, share in (("fault right", f.all.fault), ("service right", f.all.service),
                        ("cause first or honestly tied, where shown", f.all.cause),
                        ("clients named rightly", f.clients),
                        ("attacks found", f.attacks),
                        ("whether it caused the outage told rightly", f.outages),
                        ("healthy captures without an incident", f.healthy)):
        yield what, of(share), percent(share), within(share)


def score_lines(figures):
    f = figures
    missed = f.all.cause.total - f.all.cause.right
    yield (f"Causes right: {f.all.cause.right}, of these {f.all.tied} by an honest tie. Causes "
           f"missed: {missed}, of these {f.all.unnamed} where the label ties the first cause with "
           "the true one and the report does not name the pair.")
    yield (f"Brier score of the causes {number(f.brier)} over {f.scored} incidents; sum over the "
           f"causes {number(f.multiclass)}, with ties as one {number(f.merged)}; calibration off "
           f"by {number(f.calibration_error)} on average.")
    yield (f"False alarms: {len(f.false_alarms)} in {f.healthy_hours:.3f} healthy hours "
           f"({number(f.alarms_per_hour)} per hour). Wrong incidents beside real ones: "
           f"{len(f.wrong)}. Inconclusive verdicts: {f.inconclusive}.")


def render(figures, goals, program):
    """The whole table."""
    parts = [table(("share", "right", "percent", "95 % within"), summary_rows(figures)),
             "\n".join(score_lines(figures))]
    for title, named in (("fault", figures.by_fault), ("true cause", figures.by_cause),
                         ("scenario", figures.by_scenario)):
        if named:
            parts.append(table((title, *PART_HEAD), part_rows(named)))
    if figures.fault_confusion:
        parts.append(table(("true fault", "found", "captures", ""),
                           confusion_rows(figures.fault_confusion)))
    for fault, counter in sorted(figures.cause_confusion.items()):
        parts.append(table((f"{fault}: true cause", "found first", "captures", ""),
                           confusion_rows(counter)))
    parts.append(table(("probability", "count", "predicted", "observed"),
                       calibration_rows(figures)))
    misses = list(miss_lines(figures))
    if misses:
        parts.append("To look at, each with `" + shlex.quote(str(program)) + " CAPTURE`:\n\n" +
                     "\n".join(misses))
    parts.append(table(("goal", "found", "wanted", ""), goal_rows(goals)))
    return "\n\n".join(parts) + "\n"
