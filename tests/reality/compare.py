#!/usr/bin/env python3
"""Real beside simulated: recorded.csv (what a real 4.3.0 cluster did) against scenarios/reality.

  compare.py            runs every file for seeds 1 to 20 and writes the table into scenarios/reality/README.md;
                        fails if an expectation of a file does not hold for every seed
  compare.py --check    runs seeds 1 and 2 only: their figures must lie within the ranges of that table
  compare.py NAME...    only these experiments, to standard output

Each figure is a measured name of the scenario language; it is put among the expectations of a copy of the file.
"""
import argparse
import csv
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ROOT / "scenarios" / "reality"
PAGE = FILES / "README.md"
BEGIN, END = "<!-- table: tests/reality/compare.py -->\n", "<!-- end of table -->\n"
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
PRECISION_S = 0.05  # of the recorded times
TOLERANCE = 0.03    # of counts and times: the machine of the recordings was shared


class Figure:
    """One line of recorded.csv, and what was measured of it."""

    def __init__(self, line):
        self.experiment, self.name, self.measure = line["experiment"], line["figure"], line["measure"]
        self.recorded = [float(value) for value in line["recorded"].split()]
        self.is_time = bool(re.search(r"\b(elapsed|gap|latency)\(", self.measure))
        self.values = []

    def probe(self):
        """An expectation that always holds, whose value is the measure."""
        left, when = re.fullmatch(r"(.*?)((?: at \w+| during \w+)?)", self.measure).groups()
        zero = "0s" if self.is_time else "0"
        return f"{left} >= {zero}{when}", f"{left} < {zero}{when}"

    def known(self):
        return [value for value in self.values if value is not None]

    def number(self, value):
        if not self.is_time:
            return f"{value:g}"
        return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"

    def span(self, values):
        if not values:
            return "never"
        least, most = self.number(min(values)), self.number(max(values))
        return least if least == most else f"{least} to {most}"

    def is_off(self):
        """A recorded value lies outside of what the runs here span, by more than the precision of the recordings."""
        known = self.known()
        least, most = min(self.recorded), max(self.recorded)
        precise = PRECISION_S if self.is_time else 0
        return (not known or least + max(precise, TOLERANCE * abs(least)) < min(known)
                or most - max(precise, TOLERANCE * abs(most)) > max(known))

    def row(self):
        median = self.number(statistics.median(self.known())) if self.known() else "never"
        return (f"| {self.experiment} | {self.name} | {self.span(self.recorded)} ({len(self.recorded)}) | "
                f"{self.span(self.known())} | {median} | {'off' if self.is_off() else ''} |")


def parse(value):
    """A value as the result document prints it, in seconds if it is a time; None where there is none."""
    found = re.fullmatch(r"(-?[\d.]+)(?: (ns|us|ms|s|min|h))?", value.replace(",", ""))
    return float(found[1]) * UNITS.get(found[2], 1.0) if found else None


def run(options, experiment, figures, seeds):
    """Runs an experiment and fills in the figures; what did not hold, as lines."""
    head, tail = re.split(r"(?m)^expect:\n", (FILES / f"{experiment}.yaml").read_text(), maxsplit=1)
    probes = [f"any of: {' | '.join(figure.probe())}" for figure in figures]
    asked = "".join(f"  - any: {json.dumps(figure.probe())}\n" for figure in figures)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / f"{experiment}.yaml"
        file.write_text(head + "expect:\n" + asked + tail)
        command = [options.program, "run", str(file), "--seeds", seeds, "--jobs", str(options.jobs), "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return [f"{experiment}: exit code {done.returncode}: {done.stderr}"]
    failing = []
    for document in json.loads(done.stdout):
        lines = {line["text"]: line["value"] for line in document["expectations"]}
        for figure, probe in zip(figures, probes):
            figure.values.append(parse(lines[probe].split(" | ")[0]))
        failing += [f"{experiment}, seed {document['seed']}: {line['text']}   {line['value']}"
                    for line in document["expectations"] if not line["holds"] and line["text"] not in probes]
    return failing


def outside_of_page(figures):
    """Figures that are not within the ranges of the table."""
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    ranges = {(row[0], row[1]): row[3] for row in cells if len(row) == 6}
    wrong = []
    for figure in figures:
        on_page = ranges.get((figure.experiment, figure.name), "not there")
        ends = [float(end) for end in on_page.split(" to ")] if re.fullmatch(r"[-\d.e+]+( to [-\d.e+]+)?", on_page) else []
        rounding = 0.006 if figure.is_time else 0
        if not ends or any(not ends[0] - rounding <= value <= ends[-1] + rounding for value in figure.known()):
            wrong.append(f"{figure.experiment}, {figure.name}: {figure.span(figure.known())}, in the table {on_page}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true", help="seeds 1 and 2 against the table")
    parser.add_argument("--program", default=str(ROOT / "build" / "release" / "bin" / "kafkasim"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()

    with open(pathlib.Path(__file__).with_name("recorded.csv"), newline="") as file:
        figures = [Figure(line) for line in csv.DictReader(file, delimiter=";")]
    experiments = options.names or sorted(path.stem for path in FILES.glob("*.yaml"))
    figures = [figure for figure in figures if figure.experiment in experiments]
    seeds = "1..2" if options.check else "1..20"
    wrong = []
    for experiment in experiments:
        wrong += run(options, experiment, [figure for figure in figures if figure.experiment == experiment], seeds)

    table = "\n".join(["| experiment | figure | real (runs) | here | here, median | |", "|---|---|---|---|---|---|"] +
                      [figure.row() for figure in figures]) + "\n"
    if options.check:
        wrong += outside_of_page(figures)
    elif options.names:
        print(table, end="")
    else:
        before, rest = PAGE.read_text().split(BEGIN)
        PAGE.write_text(before + BEGIN + table + END + rest.split(END)[1])
    print("\n".join(wrong) or f"{len(experiments)} experiments hold for seeds {seeds}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
