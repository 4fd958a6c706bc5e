"""The figures as one self-contained HTML page: no script, nothing loaded, a strict policy."""

import base64
import hashlib
import html

from score import figures as fig
from score import plots, text

CSS = """
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1b2430; --soft: #51606f;
  --line: #d5dbe2; --bad: #a3171f; --bad-ground: #fdecec; --good: #17663a; --good-ground: #e8f5ec;
  --bar: #3f77b8; --short: #b4690e; }
@media (prefers-color-scheme: dark) { :root { --ground: #12161c; --card: #1b212a; --ink: #e6eaef;
  --soft: #a5b1bf; --line: #38424f; --bad: #ff9a94; --bad-ground: #3b1c1f; --good: #86d8a6;
  --good-ground: #16311f; --bar: #5b94d6; --short: #e0a050; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1.25rem 3rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 0 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
p, dd { max-width: 46rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: 1.25rem 1.4rem; margin: 1.25rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .75rem; border-bottom: 1px solid var(--line); text-align: right;
  vertical-align: top; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { color: var(--soft); font-weight: 600; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
td.word, th.word { text-align: left; }
.wide { margin-top: 1.4rem; overflow-x: auto; }
td.good { color: var(--good); background: var(--good-ground); }
td.bad { color: var(--bad); background: var(--bad-ground); font-weight: 600; }
code { overflow-wrap: anywhere; }
dt { font-weight: 600; margin-top: .6rem; }
dd { margin: 0; }
li { margin: .5rem 0; }
svg { width: 100%; max-width: 40rem; height: auto; }
svg text { fill: var(--ink); font-size: 14px; }
.grid { stroke: var(--line); } .axis { stroke: var(--soft); }
.ideal { stroke: var(--soft); stroke-dasharray: 5 4; } .gap { stroke: var(--short); }
.point, .bar { fill: var(--bar); } .short { fill: var(--short); }
.range { stroke: var(--ink); stroke-width: 2; }
"""

DEFINITIONS = (
    ("Fault right", "The first incident about the labelled service has one of the ids that the "
     "label calls right, and nothing wrong stands before it in the report."),
    ("Service right", "Its servers, port and transport are those of the label. An incident of the "
     "step \"address\" has no port."),
    ("Cause right", "The true cause has the top probability, or is honestly tied: the label says "
     "that the top cause sends the same packets in this capture, and the report itself names the "
     "two as inseparable. Counted only where the label says that the packets can show the cause; "
     "a missed fault is a missed cause. \"Tie unnamed\" counts causes missed "
     "because the report does not name the tie."),
    ("Brier score", "Over all scored incidents (a fault of a right id whose cause can be shown) "
     "and all causes they list, \"other\" among them, the mean of (p - y) squared: p is the "
     "probability in the report, y the truth. y is 1 for the true cause; where k listed causes "
     "send the same packets, 1/k for each; where none of them is listed, 1 for \"other\". "
     "\"Sum over the causes\" adds them up in each incident (a wrong certainty costs 2); \"with "
     "ties as one\" first adds up the causes of a tie."),
    ("Calibration", "Each probability given to a cause of a scored incident falls into one of ten "
     "bins; each bin compares the mean probability with the share that was true."),
    ("False alarms", "Incidents in healthy captures, and those that ended before anything was "
     "broken. Healthy hours are hours of capture: one hour seen from two sides is two."),
    ("95 % within", "Wilson's interval: how far the figure may move with other seeds."),
)


_KINDS = {"holds": ' class="good"', "MISSED": ' class="bad"', "differs": ' class="bad"'}


def _cell(value, is_number):
    kind = _KINDS.get(value, "" if is_number else ' class="word"')
    return f"<td{kind}>{html.escape(str(value))}</td>"


def _table(caption, head, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    numbers = text.number_columns(rows, len(head))
    heads = "".join(f'<th scope="col"{"" if is_number else " class=word"}>{html.escape(word)}</th>'
                    for word, is_number in zip(head, numbers))
    body = "".join("<tr>" + "".join(map(_cell, row, numbers)) + "</tr>" for row in rows)
    return (f'<div class="wide"><table><caption>{html.escape(caption)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>")


def _section(title, *parts):
    return f"<section><h2>{html.escape(title)}</h2>{''.join(parts)}</section>"


def _paragraphs(lines):
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def _misses(figures):
    if not figures.misses:
        return "<p>None.</p>"
    items = []
    for judgement in figures.misses:
        label = judgement.label
        words = html.escape(f"{label.scenario}, seed {label.seed}, {label.side or 'no side'}")
        complaints = "<br>".join(html.escape(line) for line in text.complaints(judgement))
        items.append(f"<li><code>{html.escape(str(label.capture))}</code> ({words})<br>"
                     f"{complaints}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _parts(figures):
    tables = [_table(f"By {what}", (what, *text.PART_HEAD), text.part_rows(parts))
              for what, parts in (("fault", figures.by_fault), ("true cause", figures.by_cause),
                                  ("scenario", figures.by_scenario)) if parts]
    names = sorted(figures.by_fault)
    return _section(
        "How often it was right",
        "<h3>Fault and service right, by fault</h3>",
        plots.shares("by-fault", "Fault and service right, by fault",
                     [(name, figures.by_fault[name].both) for name in names]),
        "<h3>Cause first or honestly tied, by true cause</h3>",
        plots.shares("by-cause", "Cause first or honestly tied, by true cause",
                     [(name, part.cause) for name, part in sorted(figures.by_cause.items())]),
        *tables)


def _confusion(figures):
    causes = [_table(f"Causes of {fault}", ("true cause", "found first", "captures", ""),
                     text.confusion_rows(counter))
              for fault, counter in sorted(figures.cause_confusion.items())]
    return _section("What was taken for what",
                    _table("Faults", ("true fault", "found", "captures", ""),
                           text.confusion_rows(figures.fault_confusion)), *causes)


def _body(figures, goals):
    held = sum(goal.holds for goal in goals)
    incident, healthy = figures.runs.total, figures.healthy.total
    yield "<h1>How far the diagnoses can be trusted</h1>"
    yield _paragraphs([f"{incident} captures of incidents and {healthy} of healthy traffic were "
                       f"diagnosed. {held} of {len(goals)} goals hold."])
    yield _section("Goals", _table("Found and wanted", ("goal", "found", "wanted", ""),
                                   text.goal_rows(goals)),
                   _table("All shares", ("share", "right", "percent", "95 % within"),
                          text.summary_rows(figures)),
                   _paragraphs(text.score_lines(figures)))
    if figures.by_fault:
        yield _parts(figures)
        yield _confusion(figures)
    yield _section("Calibration", plots.calibration(figures.calibration),
                   _table(f"The {fig.BINS} bins", ("probability", "count", "predicted", "observed"),
                          text.calibration_rows(figures)))
    yield _section("To look at", _misses(figures))
    terms = "".join(f"<dt>{html.escape(term)}</dt><dd>{html.escape(words)}</dd>"
                    for term, words in DEFINITIONS)
    yield _section("What the words mean", f"<dl>{terms}</dl>")


def render(figures, goals):
    """The page."""
    digest = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    policy = (f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
              "form-action 'none'")
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>whydown: score</title><style>{CSS}</style></head><body><main>\n"
            + "\n".join(_body(figures, goals)) + "\n</main></body></html>\n")
