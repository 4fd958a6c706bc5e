"""Markdown tables and the numbers in them."""

import statistics


def spread(values, digits=0, unit=""):
    """One number where all are alike, else the least / the middle / the most."""
    if not values:
        return "-"
    said = [f"{number:.{digits}f}"
            for number in (min(values), statistics.median(values), max(values))]
    return (said[0] if said[0] == said[2] else " / ".join(said)) + unit


def middle(values):
    return statistics.median(values) if values else None


def high(values):
    """The value that 95 % do not exceed."""
    return sorted(values)[int(len(values) * 0.95 - 1e-9)] if values else None


def code(words):
    return f"`{words}`"


def markdown(columns, rows):
    if not rows:
        return "No run of this folder shows it.\n"
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


class Looks:
    """Groups captures by what their packets look like: who shares a row cannot be told apart by
    its columns."""

    def __init__(self, columns):
        self.columns, self.found = columns, {}

    def add(self, look, view):
        assert len(look) == len(self.columns)
        at = self.found.setdefault(tuple(map(str, look)), {})
        at.setdefault(view.run.scenario, set()).add((view.run.seed, view.side[0]))

    def runs(self, look):
        return sum(len({seed for seed, _ in captures}) for captures in self.found[look].values())

    def markdown(self):
        rows = []
        for look in sorted(self.found, key=lambda each: (-self.runs(each), each)):
            scenarios = [f"{code(name)} {self.sides(captures)}"
                         for name, captures in sorted(self.found[look].items())]
            rows.append([*look, self.runs(look), ", ".join(scenarios)])
        return markdown([*self.columns, "runs", "seen in"], rows)

    @staticmethod
    def sides(captures):
        return "".join(f"{side}{sum(1 for _, each in captures if each == side)}"
                       for side in "crs" if any(each == side for _, each in captures))
