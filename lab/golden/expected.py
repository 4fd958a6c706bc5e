"""The expectation of a golden: what the label says, as far as the report was judged right by it."""

EVIDENCE = 6  # packets that a golden names per incident


def _evidence(incident):
    """Packets of the incident's own input that show it: the symptom's first ones, then what the
    first cause rests on."""
    items = [item for item in incident.get("evidence", []) if item["input"] == 0]
    shown = {item["packet"] for item in items}
    symptoms = [item["packet"] for item in items if item["role"] == "symptom"]
    rests_on = [packet for cause in incident["causes"][:1] for argument in cause["for"]
                for packet in argument.get("packets", []) if packet in shown]
    chosen = list(dict.fromkeys(symptoms[:EVIDENCE // 2] + rests_on + symptoms))
    return sorted(chosen[:EVIDENCE])


def _cause(finding):
    fault, incident = finding.label, finding.incident
    if not fault.shown:
        return {}
    first = incident["causes"][0]["id"]  # as likely as the true one, where that is not it
    first = ({"first_cause": fault.cause} if first == fault.cause
             else {"first_cause_among": sorted({fault.cause, first})})
    same = {fault.cause, *fault.ties}
    pairs = [pair for pair in incident.get("inseparable", []) if set(pair) <= same]
    return {**first, **({"inseparable": pairs} if pairs else {})}


def _incident(finding, has_date):
    incident = finding.incident
    service = incident["service"]
    out = {"fault": incident["fault"], "step": incident["step"], "protocol": incident["protocol"],
           "transport": incident["transport"], "servers": service.get("servers", [])}
    if "port" in service:
        out["port"] = service["port"]
    if finding.clients_right:
        out["clients"] = incident["clients"]["addresses"]
    if has_date and "first" in incident["window"]:
        out["first"] = incident["window"]["first"]
    return {**out, **_cause(finding), "evidence_packets": _evidence(incident)}


def _attack(finding):
    incident, service = finding.incident, finding.incident["service"]
    out = {"fault": incident["fault"], "step": incident["step"], "protocol": incident["protocol"],
           "transport": incident["transport"], "servers": service.get("servers", [])}
    if "port" in service:
        out["port"] = service["port"]
    outage = finding.label.caused_outage
    return {**out, "caused_outage": "unknown" if outage is None else outage,
            "evidence_packets": [item["packet"] for item in incident["evidence"][:EVIDENCE]]}


def expectation(judgement, report, capture):
    """The golden of a capture that was judged right, under the capture's new name."""
    label = judgement.label
    has_date = all(each["date_known"] and each["zone_known"] for each in report["inputs"])
    # As the report orders them: the first finding is its first incident.
    findings = sorted(judgement.findings + judgement.attacks,
                      key=lambda finding: finding.incident["id"])
    incidents = [_attack(finding) if finding in judgement.attacks else _incident(finding, has_date)
                 for finding in findings]
    found = {incident["fault"] for incident in incidents}
    others = {fault for each in label.faults for fault in each.accept + each.fault} - found
    allowed = sorted({*label.also_allowed, *others})
    return {"scenario": label.scenario, "seed": label.seed, "side": label.side or "client",
            "capture": capture, "verdict": report["verdict"],
            **({"incident": incidents[0]} if incidents else {}),
            **({"further": incidents[1:]} if incidents[1:] else {}),
            **({"also_allowed": allowed} if allowed else {}),
            **({"may_stand_first": sorted(label.also_allowed)} if label.also_allowed else {})}
