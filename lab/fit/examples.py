"""What the weights are fitted on: judged captures as facts and the causes that are right."""

import collections
import dataclasses


@dataclasses.dataclass(frozen=True)
class Example:
    """One incident whose true cause is known and can be shown."""
    fault: str
    facts: tuple     # (fact, truth) of those known
    right: tuple     # causes that are right: the true one and those that send the same packets
    run: tuple       # scenario and seed: captures of one run saw the same thing
    share: float     # of its run: the captures of one run together count as one
    capture: str
    weighed: tuple   # (cause, sum of the weights in dB) as the program says


def _weighed(incident):
    for cause in incident["causes"]:
        yield cause["id"], sum(each["weight_db"] for each in cause["for"] + cause["against"])


def examples_of(judgements):
    """The examples, and what had to be left out, in words with counts."""
    found, left_out = [], collections.Counter()
    for judgement in judgements:
        for finding in judgement.findings:
            fault = finding.label
            if not fault.shown:
                left_out["the packets cannot show the cause"] += 1
            elif finding.incident is None:
                left_out[f"{fault.name} was not found"] += 1
            else:
                listed = {cause["id"] for cause in finding.incident["causes"]}
                right = tuple(sorted({fault.cause, *fault.ties} & listed))
                if right:
                    found.append((judgement.label, finding.incident, right))
                else:
                    left_out[f"{finding.incident['fault']} does not list {fault.cause}"] += 1
    captures = collections.Counter((label.run, incident["fault"]) for label, incident, _ in found)
    examples = [Example(
        incident["fault"],
        tuple((fact["fact"], fact["is"]) for fact in incident.get("facts", [])),
        right, label.run, 1 / captures[label.run, incident["fault"]], str(label.capture),
        tuple(_weighed(incident))) for label, incident, right in found]
    return examples, left_out


def by_fault(examples):
    out = collections.defaultdict(list)
    for example in examples:
        out[example.fault].append(example)
    return dict(sorted(out.items()))
