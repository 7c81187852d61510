"""Ways to run scenarios that must not matter."""
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess


@dataclasses.dataclass
class Programs:
    kafkasim: pathlib.Path
    half_way: pathlib.Path


class Failed(Exception):
    """The program ended in a way it should not have."""


class Row:
    """One way to run `program`: other environment, other arguments. Some rows run several files at once."""

    def __init__(self, name, program, env=None, prefix=(), args=(), stride=1):
        self.name, self.program, self.env = name, program, dict(env or {})
        self.prefix, self.args, self.stride = list(prefix), list(args), stride
        self.missing = ""  # why this row cannot be had here

    def jobs(self, files, _workers):
        """Lists of files; each is one piece of work for run()."""
        return [[file] for file in files]

    def command(self, *arguments):
        return [*map(str, self.prefix), str(self.program), *map(str, arguments)]

    def call(self, *arguments):
        done = subprocess.run(self.command(*arguments), env={**os.environ, **self.env}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if done.returncode not in (0, 1):  # 1: an expectation fails
            raise Failed(f"exit code {done.returncode}: {' '.join(self.command(*arguments))}")
        return done.stdout

    def fingerprints(self, *arguments):
        """(variant, seed, fingerprint) of each result of `kafkasim run --json`."""
        text = self.call("run", *arguments, "--json")
        try:
            documents = json.loads(text)
        except ValueError as broken:
            raise Failed(f"no result document: {' '.join(self.command('run', *arguments, '--json'))}") from broken
        if isinstance(documents, dict):
            documents = [documents]
        return [(document["variant"] or "", document["seed"], document["fingerprint"]) for document in documents]

    def run(self, files, _expected, _scratch):
        """{file: [(variant, seed, fingerprint)...]}"""
        return {files[0]: self.fingerprints(files[0], *self.args)}

    def trace(self, files, finding, base, scratch):
        """Runs once more as `base` does and as this row does. Two result directories to compare."""
        left, right = scratch / "base", scratch / "row"
        base.call("run", finding.file, "--quiet", "--out", left)
        self.call("run", finding.file, "--quiet", *self.args, "--out", right)
        return left / finding.variant, right / finding.variant


class Written(Row):
    """With all results written down."""

    def run(self, files, _expected, scratch):
        out = scratch / "out"
        try:
            return {files[0]: self.fingerprints(files[0], "--out", out)}
        finally:
            shutil.rmtree(out, ignore_errors=True)


class Together(Row):
    """Each scenario after others, in one process."""

    def jobs(self, files, workers):
        backwards = files[::-1]
        count = min(workers, max(1, len(files) // 4))
        return [backwards[i::count] for i in range(count)]

    def run(self, files, expected, _scratch):
        found = self.fingerprints(*files)
        result = {}
        for file in files:
            result[file], found = found[:len(expected[file])], found[len(expected[file]):]
        return result

    def trace(self, files, finding, base, scratch):
        left, right = scratch / "base", scratch / "row"
        files = files[:files.index(finding.file) + 1]
        base.call("run", finding.file, "--quiet", "--out", left)
        self.call("run", *files, "--quiet", "--out", right)
        own = pathlib.Path(finding.file).stem + ("." + finding.variant if finding.variant else "")
        return left / finding.variant, right / (own if len(files) > 1 else finding.variant)


class HalfWay(Row):
    """Goes on from a copy of the whole simulation that was made in the middle."""

    def run(self, files, _expected, _scratch):
        lines = [line.rsplit(",", 3) for line in self.call(files[0]).splitlines()]
        return {files[0]: [(variant, int(seed), fingerprint) for _, variant, seed, fingerprint in lines]}

    def trace(self, files, finding, base, scratch):
        self.call("--out", scratch / "row", finding.file)
        original, copy = (scratch / "row" / which / finding.variant for which in ("original", "copy"))
        words = finding.found.split()  # whole W original O copy C, or one that all three have
        if words[3:4] != words[5:6]:
            return original, copy
        base.call("run", finding.file, "--quiet", "--out", scratch / "base")
        return scratch / "base" / finding.variant, original


class Threads(Row):
    """Several seeds, on one thread and on several at once; the seed on record is the first of them."""

    @staticmethod
    def seeds(first):
        return f"{first}..{first + 2}"

    def run(self, files, expected, _scratch):
        seeds = self.seeds(expected[files[0]][0][1])
        alone, beside = (self.fingerprints(files[0], "--seeds", seeds, "--jobs", jobs) for jobs in (1, 3))
        on_record = {(variant, seed) for variant, seed, _ in expected[files[0]]}
        result = []
        for one, other in zip(alone, beside):
            if one != other:
                result.append((*one[:2], f"{one[2]} on 1 thread, {other[2]} on 3"))
            elif one[:2] in on_record:
                result.append(one)
        return {files[0]: result}

    def trace(self, files, finding, base, scratch):
        left, right = scratch / "base", scratch / "row"
        for jobs, out in ((1, left), (3, right)):
            self.call("run", finding.file, "--quiet", "--seeds", self.seeds(finding.seed), "--jobs", jobs, "--out", out)
        return left, right


def other_locale():
    """A locale with its own digits and letters if one is installed."""
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    for wanted in ("tr_TR.utf8", "de_DE.utf8", "fa_IR.utf8"):
        if wanted in known:
            return wanted
    return "C.UTF-8"


def fixed_addresses(program, stride):
    row = Row("g++ -O2, addresses not randomised", program, prefix=["setarch", "-R"], stride=stride)
    allowed = subprocess.run(["setarch", "-R", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if allowed.returncode != 0:
        row.missing = "this machine forbids setarch -R"
    return row


def of_release(programs):
    """All rows of the release build. A row with stride n takes every n-th scenario when a sample is wanted."""
    program = programs.kafkasim
    locale = other_locale()
    heap = "glibc.malloc.tcache_count=0:glibc.malloc.mmap_threshold=32768:glibc.malloc.top_pad=65536"
    return [
        Row("g++ -O2", program, stride=8),
        Row("g++ -O2, again", program, stride=8),
        Row(f"g++ -O2, locale {locale}, time zone of Nepal", program, {"LC_ALL": locale, "LANG": locale, "TZ": "Asia/Kathmandu"}, stride=8),
        Row("g++ -O2, memory filled with garbage", program, {"MALLOC_PERTURB_": "165"}, stride=8),
        Row("g++ -O2, another layout of the heap", program, {"GLIBC_TUNABLES": heap}, stride=8),
        Row("g++ -O2, no FMA, no AVX2", program, {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2"}, stride=8),
        fixed_addresses(program, stride=8),
        *(Row(f"g++ -O2, --log {level}", program, args=["--log", level], stride=12)
          for level in ("trace", "debug", "info", "warn", "off")),
        Written("g++ -O2, --out", program, stride=12),
        Together("g++ -O2, after other scenarios in one process", program, stride=4),
        HalfWay("g++ -O2, on from a copy made half way", programs.half_way, stride=12),
        Threads("g++ -O2, three seeds on 1 and on 3 threads", program, stride=20),
    ]
