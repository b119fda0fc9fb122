#!/usr/bin/env python3
"""Draws what a terminal shows as an SVG file that needs nothing from outside.

    tmux capture-pane -e -p | to_svg.py --columns 110 --title "nvim Dockerfile" --alt "..." > picture.svg

Every run of text has its place in cells, so columns stay aligned whatever font the reader has; wide characters
(Hangul) take two cells. Lines and corners of boxes are drawn as paths, so that they meet.
Only Python's standard library is needed.
"""

import argparse
import re
import sys
import unicodedata
from xml.sax.saxutils import escape, quoteattr

CELL_W = 8.4
CELL_H = 19.0
SIZE = 14
WIDE_SIZE = 15.6
BASELINE = 14.0
PAD = 14.0
BAR = 34.0

FONTS = (
    "ui-monospace,'SF Mono',Menlo,'Cascadia Mono','JetBrains Mono',Consolas,'DejaVu Sans Mono','Liberation Mono',"
    "'Noto Sans Mono CJK KR','D2Coding','Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',monospace"
)

# The sixteen colours of the terminal, where a program asks for one by its number.
ANSI = [
    "#3b4048", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#7f848e", "#f0848d", "#b1d696", "#efd294", "#82c2f7", "#d795ea", "#74cbd6", "#ffffff",
]


def palette(index):
    """The colour of a number from 0 to 255."""
    if index < 16:
        return ANSI[index]
    if index < 232:
        index -= 16
        parts = [index // 36, index // 6 % 6, index % 6]
        return "#%02x%02x%02x" % tuple(0 if p == 0 else 55 + 40 * p for p in parts)
    return "#%02x%02x%02x" % ((8 + 10 * (index - 232),) * 3)


class Style:
    """What the escape sequences up to here have set."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.fg = self.bg = self.line = None
        self.bold = self.dim = self.italic = self.reverse = self.strike = False
        self.under = 0  # 0 none, 1 straight, 3 curly, 4 dotted, 5 dashed

    def colour(self, codes):
        """Takes the operands of 38, 48 or 58 off `codes`."""
        kind = codes.pop(0) if codes else None
        if kind == 5 and codes:
            return palette(codes.pop(0) & 255)
        if kind == 2 and len(codes) >= 3:
            return "#%02x%02x%02x" % tuple(codes.pop(0) & 255 for _ in range(3))
        return None

    def apply(self, text):
        codes = []
        for field in text.split(";"):
            if ":" in field:
                self.apply_colons(field)
            else:
                codes.append(int(field or 0))
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code == 1:
                self.bold = True
            elif code == 2:
                self.dim = True
            elif code == 3:
                self.italic = True
            elif code == 4:
                self.under = 1
            elif code == 7:
                self.reverse = True
            elif code == 9:
                self.strike = True
            elif code == 22:
                self.bold = self.dim = False
            elif code == 23:
                self.italic = False
            elif code == 24:
                self.under = 0
            elif code == 27:
                self.reverse = False
            elif code == 29:
                self.strike = False
            elif 30 <= code <= 37:
                self.fg = ANSI[code - 30]
            elif 90 <= code <= 97:
                self.fg = ANSI[code - 82]
            elif 40 <= code <= 47:
                self.bg = ANSI[code - 40]
            elif 100 <= code <= 107:
                self.bg = ANSI[code - 92]
            elif code == 38:
                self.fg = self.colour(codes)
            elif code == 48:
                self.bg = self.colour(codes)
            elif code == 58:
                self.line = self.colour(codes)
            elif code == 39:
                self.fg = None
            elif code == 49:
                self.bg = None
            elif code == 59:
                self.line = None

    def apply_colons(self, field):
        """The form with colons: `4:3`, `38:2::r:g:b`, `58:5:n`."""
        parts = [int(p) if p else 0 for p in field.split(":")]
        if parts[0] == 4:
            self.under = parts[1]
            return
        if len(parts) == 6 and parts[1] == 2:
            del parts[2]
        code, operands = parts[0], parts[1:]
        colour = self.colour(operands)
        if code == 38:
            self.fg = colour
        elif code == 48:
            self.bg = colour
        elif code == 58:
            self.line = colour


def mix(a, b, share):
    """`share` of colour `a`, the rest of `b`."""
    pairs = zip((a[1:3], a[3:5], a[5:7]), (b[1:3], b[3:5], b[5:7]))
    return "#%02x%02x%02x" % tuple(round(int(x, 16) * share + int(y, 16) * (1 - share)) for x, y in pairs)


def width(char):
    if unicodedata.combining(char) or char in "\u200b\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells(line, style, fg, bg):
    """(column, width, text, look) of each character; a look is a tuple that says how it is drawn."""
    out, column = [], 0
    for part in re.split(r"(\x1b\[[0-9;:]*m|\x1b[()][A-Z0-9]|\x1b\]8;[^\x1b]*\x1b\\|[\x0e\x0f])", line):
        if part.startswith("\x1b[") and part.endswith("m"):
            style.apply(part[2:-1])
            continue
        if part.startswith("\x1b") or part in ("\x0e", "\x0f"):
            continue
        for char in part:
            wide = width(char)
            if wide == 0 and out:
                last = out[-1]
                out[-1] = (last[0], last[1], last[2] + char, last[3])
                continue
            front, back = style.fg or fg, style.bg or bg
            if style.reverse:
                front, back = back, front
            if style.dim:
                front = mix(front, back, 0.65)
            look = (front, back, style.bold, style.italic, style.under, style.line or front, style.strike)
            out.append((column, wide, char, look))
            column += wide
    return out


# Where the strokes of a box's character run from the middle: up, right, down, left; True for a round corner.
BOXES = {
    "─": "rl", "━": "RL", "│": "ud", "┃": "UD", "╭": "rd~", "╮": "dl~", "╰": "ur~", "╯": "ul~", "┌": "rd", "┐": "dl",
    "└": "ur", "┘": "ul", "├": "urd", "┤": "udl", "┬": "rdl", "┴": "url", "┼": "urdl",
}


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def box_path(char, x, y):
    spec = BOXES[char]
    mx, my = x + CELL_W / 2, y + CELL_H / 2
    ends = {"u": (mx, y), "d": (mx, y + CELL_H), "l": (x, my), "r": (x + CELL_W, my)}
    n = number
    if spec.endswith("~"):
        (ax, ay), (bx, by) = (ends[s] for s in spec[:-1])
        return f"M{n(ax)} {n(ay)}Q{n(mx)} {n(my)} {n(bx)} {n(by)}"
    sides = spec.lower()
    if len(sides) == 2 and set(sides) in ({"r", "l"}, {"u", "d"}):
        (ax, ay), (bx, by) = (ends[s] for s in sides)
        return f"M{n(ax)} {n(ay)}L{n(bx)} {n(by)}"
    return "".join(f"M{n(mx)} {n(my)}L{n(ends[s][0])} {n(ends[s][1])}" for s in sides)


def wave(x, y, length):
    """A curly underline."""
    d, at, up = f"M{number(x)} {number(y)}", 0.0, True
    while at < length - 0.1:
        d += f"q1.05 {'-1.6' if up else '1.6'} 2.1 0"
        at, up = at + 2.1, not up
    return d


def runs(row):
    """Runs of cells that one element can draw: same look and width, no gap, no boxes."""
    run = []
    for cell in row:
        blank = cell[2] == " "
        joins = run and run[-1][3] == cell[3] and run[-1][1] == cell[1] and cell[2] not in BOXES
        joins = joins and run[-1][2] not in BOXES
        # two blanks in a row end a run: the next word gets its own place
        if joins and blank and run[-1][2] == " ":
            joins = False
        if not joins and run:
            yield run
            run = []
        run.append(cell)
    if run:
        yield run


def draw(lines, args):
    columns, rows = args.columns, len(lines)
    w, h = columns * CELL_W + 2 * PAD, rows * CELL_H + BAR + PAD
    classes, strokes, text = {}, [], []
    blocks, open_blocks = [], {}

    def class_of(look):
        front, _, bold, italic, _, _, _ = look
        css = f"fill:{front}" + (";font-weight:700" if bold else "") + (";font-style:italic" if italic else "")
        return classes.setdefault(css, "c%d" % len(classes))

    style = Style()
    strokes_by = {}
    for index, line in enumerate(lines):
        y = BAR + index * CELL_H
        row = cells(line, style, args.foreground, args.background)
        # backgrounds: one rectangle for each stretch of one colour
        start = 0
        while start < len(row):
            end = start
            while end + 1 < len(row) and row[end + 1][3][1] == row[start][3][1]:
                end += 1
            colour = row[start][3][1]
            if colour != args.background:
                x0, x1 = row[start][0], row[end][0] + row[end][1]
                key = (x0, x1, colour)
                # the same stretch of the row above grows downwards: no seam between the two
                if key in open_blocks and open_blocks[key][1] == index:
                    open_blocks[key][1] = index + 1
                else:
                    open_blocks[key] = [index, index + 1]
                    blocks.append((key, open_blocks[key]))
            start = end + 1
        for run in runs(row):
            look = run[0][3]
            x = PAD + run[0][0] * CELL_W
            length = (run[-1][0] + run[-1][1] - run[0][0]) * CELL_W
            if look[4]:
                under_y = y + CELL_H - 2.5
                d = wave(x, under_y, length) if look[4] == 3 else f"M{number(x)} {number(under_y)}h{number(length)}"
                strokes_by.setdefault((look[5], 1.1), []).append(d)
            if look[6]:
                strokes_by.setdefault((look[0], 1.1), []).append(f"M{number(x)} {number(y + CELL_H / 2)}h{number(length)}")
            if run[0][2] in BOXES:
                heavy = BOXES[run[0][2]][0].isupper()
                strokes_by.setdefault((look[0], 2.4 if heavy else 1.2), []).append(box_path(run[0][2], x, y))
                continue
            # blanks at the ends are nothing to draw
            while run and run[0][2] == " ":
                run = run[1:]
            while run and run[-1][2] == " ":
                run = run[:-1]
            if not run:
                continue
            x = PAD + run[0][0] * CELL_W
            length = (run[-1][0] + run[-1][1] - run[0][0]) * CELL_W
            content = escape("".join(c[2] for c in run))
            name = class_of(look)
            top = number(y + BASELINE)
            if run[0][1] == 2:
                places = " ".join(number(PAD + c[0] * CELL_W + (2 * CELL_W - WIDE_SIZE) / 2) for c in run)
                text.append(f'<text class="w {name}" x="{places}" y="{top}">{content}</text>')
            else:
                text.append(
                    f'<text class="{name}" x="{number(x)}" y="{top}" textLength="{number(length)}" '
                    f'lengthAdjust="spacingAndGlyphs">{content}</text>'
                )
    for (colour, thick), paths in strokes_by.items():
        strokes.append(f'<path d="{"".join(paths)}" stroke="{colour}" stroke-width="{thick}" fill="none"/>')

    back = [
        f'<rect x="{number(PAD + x0 * CELL_W)}" y="{number(BAR + top * CELL_H)}" '
        f'width="{number((x1 - x0) * CELL_W)}" height="{number((end - top) * CELL_H)}" fill="{colour}"/>'
        for (x0, x1, colour), (top, end) in blocks
    ]
    css = "".join(f".{name}{{{body}}}" for body, name in classes.items())
    dots = "".join(
        f'<circle cx="{18 + 18 * i}" cy="{BAR / 2:g}" r="5.5" fill="{c}"/>' for i, c in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    bar_text = mix(args.foreground, args.background, 0.62)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(w)} {number(h)}" width="{number(w)}" '
            f'height="{number(h)}" role="img" aria-labelledby="t d">',
            f'<title id="t">{escape(args.title)}</title>',
            f'<desc id="d">{escape(args.alt)}</desc>',
            f"<style>text{{font:{SIZE}px {FONTS};white-space:pre}}.w{{font-size:{WIDE_SIZE}px}}"
            f".t{{font-size:13px;fill:{bar_text}}}{css}</style>",
            f'<rect x=".5" y=".5" width="{number(w - 1)}" height="{number(h - 1)}" rx="9" fill="{args.background}" '
            f'stroke="{mix(args.foreground, args.background, 0.28)}"/>',
            dots,
            f'<text class="t" x="{number(w / 2)}" y="{number(BAR / 2 + 4.5)}" text-anchor="middle">{escape(args.title)}</text>',
            *back,
            *strokes,
            *text,
            "</svg>",
            "",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--title", required=True)
    parser.add_argument("--alt", required=True, help="what the picture shows, for who cannot see it")
    parser.add_argument("--foreground", default="#d5d8de")
    parser.add_argument("--background", default="#16181d")
    args = parser.parse_args()
    data = sys.stdin.buffer.read().decode("utf-8", "replace").rstrip("\n")
    sys.stdout.buffer.write(draw(data.split("\n"), args).encode("utf-8"))


if __name__ == "__main__":
    main()
