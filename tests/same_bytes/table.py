"""Runs rows, compares fingerprints, says where two runs part."""
import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import tempfile

import rows


def read_golden(root):
    """{file: [(variant, seed, fingerprint)...]} of the fingerprints on record; paths from the root of the tree."""
    golden = {}
    for line in (root / "tests" / "golden" / "fingerprints.csv").read_text().splitlines():
        file, variant, seed, fingerprint = line.rsplit(",", 3)
        golden.setdefault(f"scenarios/{file}", []).append((variant, int(seed), fingerprint))
    shipped = {str(file.relative_to(root)) for file in (root / "scenarios").rglob("*.yaml")}
    if shipped != set(golden):
        raise SystemExit(f"scenarios without a fingerprint on record, or the reverse: {sorted(shipped ^ set(golden))}")
    return golden


# Not in samples: they take half a second and more. The unit tests run them once.
LONG = ("producer-learns-of-new-partitions", "partition-count-without-headroom", "lag-formula-with-an-uneven-split",
        "consumer-crash-and-eager-rebalance", "seven-minute-message", "one-way-cut", "full-speed-and-a-full-buffer")


@dataclasses.dataclass
class Finding:
    """A fingerprint that is another one than expected."""
    file: str
    variant: str
    seed: int
    expected: str
    found: str
    together: list  # files of that piece of work

    def __str__(self):
        return f"{self.file}{f' [{self.variant}]' if self.variant else ''}: {self.found} instead of {self.expected}"


@dataclasses.dataclass
class Outcome:
    row: rows.Row
    compared: int
    findings: list
    failed: str = ""  # the program itself, and how


def differences(files, expected, found):
    for file in files:
        known = {entry[:2]: entry[2] for entry in expected[file]}
        mine = {entry[:2]: entry[2] for entry in found[file]}
        for key in sorted(known.keys() | mine.keys()):
            if known.get(key, "none") != mine.get(key, "none"):
                yield Finding(file, *key, known.get(key, "none"), mine.get(key, "none"), files)


class Table:
    def __init__(self, root, scratch, kafkasim):
        self.root, self.scratch, self.kafkasim = root, scratch, kafkasim
        self.workers = os.cpu_count()
        self.pool = concurrent.futures.ThreadPoolExecutor(self.workers)
        self.status = 0
        os.chdir(root)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pool.shutdown(cancel_futures=True)

    def folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.scratch))

    def outcomes(self, all_rows, expected, sample=False):
        """The rows' outcomes, in order, as they come in; all pieces of work run side by side."""
        begun = []
        for number, row in enumerate(all_rows):
            files = sorted(expected)
            if sample:  # each row another part, so that together they see most of it
                files = [file for file in files if pathlib.Path(file).stem not in LONG][number % row.stride::row.stride]
            pieces = [] if row.missing else row.jobs(files, self.workers)
            begun.append((row, [(piece, self.pool.submit(row.run, piece, expected, self.folder())) for piece in pieces]))
        for row, work in begun:
            outcome = Outcome(row, 0, [])
            for piece, future in work:
                try:
                    found = future.result()
                except rows.Failed as failed:
                    outcome.failed = str(failed)
                    continue
                outcome.compared += sum(map(len, found.values()))
                outcome.findings += differences(piece, expected, found)
            yield outcome

    def explain(self, row, finding, base):
        """The first event where a run of `row` parts from one of `base`, as `kafkasim compare` tells it."""
        left, right = row.trace(finding.together, finding, base, self.folder())
        done = subprocess.run([self.kafkasim, "compare", left, right], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode == 0:
            return "while both write down their events they do not part: it shows in runs without --out only\n"
        return done.stdout

    def say(self, verdict, name, rest=""):
        print(f"{verdict:<10} {name:<54} {rest}".rstrip(), flush=True)

    def add(self, all_rows, expected, sample=False):
        """Runs the rows and prints them."""
        for outcome in self.outcomes(all_rows, expected, sample):
            if outcome.row.missing:
                self.say("not here", outcome.row.name, outcome.row.missing)
            elif outcome.failed:
                self.status = 1
                self.say("FAILED", outcome.row.name, outcome.failed)
            elif not outcome.findings:
                self.say("same", outcome.row.name, f"{outcome.compared} fingerprints")
            else:
                self.status = 1
                self.say("DIFFERENT", outcome.row.name, f"{len(outcome.findings)} of {outcome.compared} fingerprints")
                for finding in outcome.findings[:5]:
                    print(f"    {finding}")
                self.tell(outcome, rows.Row("", self.kafkasim))

    def tell(self, outcome, base):
        """Prints where the first finding of a row comes from."""
        try:
            text = self.explain(outcome.row, outcome.findings[0], base)
        except rows.Failed as failed:
            text = str(failed)
        print("    " + text.replace("\n", "\n    ").rstrip(), flush=True)
