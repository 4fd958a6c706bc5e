"""Plots as inline SVG: plain shapes, classes for the page's colours, words for who cannot see them.

No style attributes: the page's content security policy forbids them.
"""

import html

from score import figures as fig

WIDTH = 640


def _svg(name, height, title, description, body):
    return (f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-t {name}-d">'
            f'<title id="{name}-t">{html.escape(title)}</title>'
            f'<desc id="{name}-d">{html.escape(description)}</desc>{"".join(body)}</svg>')


def _text(x, y, words, anchor="middle", kind="label"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">'
            f'{html.escape(str(words))}</text>')


def _line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _bar(x, y, width, height, kind):
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'class="{kind}"/>')


# --- Calibration ----------------------------------------------------------------------------------

_LEFT, _TOP, _SIDE = 130, 16, 340  # of the square
_BARS = 70                         # height of the counts below it


def _x(value):
    return _LEFT + value * _SIDE


def _y(value):
    return _TOP + (1 - value) * _SIDE


def _grid():
    for tick in range(0, 11, 2):
        value = tick / 10
        yield _line(_x(value), _y(0), _x(value), _y(1), "grid")
        yield _line(_x(0), _y(value), _x(1), _y(value), "grid")
        yield _text(_x(0) - 8, _y(value) + 5, f"{value:.1f}", "end")
        yield _text(_x(value), _y(0) + 20, f"{value:.1f}")
    yield _line(_x(0), _y(0), _x(1), _y(1), "ideal")
    yield _text(_x(0.5), _y(0) + 42, "predicted probability")
    yield _text(_x(0) - 46, _y(0.5), "observed", "end")


def _points(bins):
    for part in bins:
        if part.count:
            predicted, observed = part.means
            yield _line(_x(predicted), _y(predicted), _x(predicted), _y(observed), "gap")
            yield f'<circle cx="{_x(predicted):.1f}" cy="{_y(observed):.1f}" r="6" class="point"/>'


def _counts(bins):
    most = max([part.count for part in bins] + [1])
    base = _y(0) + 62 + _BARS
    for at, part in enumerate(bins):
        height = _BARS * part.count / most * 0.75
        yield _bar(_x(at / fig.BINS) + 2, base - height, _SIDE / fig.BINS - 4, height, "bar")
        yield _text(_x((at + 0.5) / fig.BINS), base - height - 4, part.count)
    yield _line(_x(0), base, _x(1), base, "axis")
    yield _text(_x(0) - 46, base - 8, "how many", "end")


def calibration(bins):
    """Predicted against observed, with the counts of the bins below."""
    told = [f"{part.means[0]:.2f} predicted, {part.means[1]:.2f} observed ({part.count})"
            for part in bins if part.count]
    description = ("Each point is one bin of probabilities that the reports gave to causes; on the "
                   "diagonal they are as often true as they say. " +
                   ("; ".join(told) or "No cause was scored") + ".")
    return _svg("calibration", _TOP + _SIDE + 62 + _BARS + 12,
                "Calibration: predicted against observed", description,
                [*_grid(), *_points(bins), *_counts(bins)])


# --- Shares ---------------------------------------------------------------------------------------

_ROW, _NAMES, _SPAN = 26, 230, 300


def shares(name, title, parts):
    """One bar for each named share, with its 95 % interval. `parts` is a list of (name, share)."""
    parts = [(words, share) for words, share in parts if share.total]
    body = []
    for tick in (0, 0.5, 1):
        body.append(_line(_NAMES + tick * _SPAN, 6, _NAMES + tick * _SPAN, 6 + _ROW * len(parts),
                          "grid"))
        body.append(_text(_NAMES + tick * _SPAN, 24 + _ROW * len(parts), f"{tick:.0%}"))
    for at, (words, share) in enumerate(parts):
        top = 6 + _ROW * at
        low, high = share.interval
        body += [_text(_NAMES - 8, top + 17, words, "end"),
                 _bar(_NAMES, top + 5, share.value * _SPAN, _ROW - 10,
                      "bar" if share.right == share.total else "bar short"),
                 _line(_NAMES + low * _SPAN, top + _ROW / 2, _NAMES + high * _SPAN,
                       top + _ROW / 2, "range"),
                 _text(_NAMES + _SPAN + 12, top + 17, f"{share.right} of {share.total}", "start")]
    described = "; ".join(f"{words} {share.right} of {share.total}" for words, share in parts)
    return _svg(name, 34 + _ROW * len(parts), title, described or "Nothing to show", body)
