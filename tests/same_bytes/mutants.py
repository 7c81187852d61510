"""Five mistakes that make a run depend on what it must not depend on, each as a change of a source file.

The changed files are compiled with the batch they belong to and linked into programs of their own, in front of the library
with the right ones; the environment variable KAFKASIM_MUTANT chooses the mistake. Nothing of it is in the released program.
"""
import dataclasses
import json
import os
import re
import shlex
import subprocess

import rows

SWITCH = '#include "tests/same_bytes/mutant.hpp"\n'

# The first was made for the mutants; the second goes before it where a process runs several.
SCENARIOS = ("tests/same_bytes/mutants.yaml", "scenarios/reality/leader-crash.quick-restart.acks-1.01.yaml")


@dataclasses.dataclass
class Mutant:
    name: str
    what: str
    meant: str  # part of the name of a row that must catch it
    file: str
    right: str
    wrong: str


ALL = [
    Mutant("unordered-iteration", "sockets of a dead process are reset in the order of a hash table of pointers",
           "half way", "sim/host/life_cycle.cpp",
           "  for (const ConnectionId id : std::exchange(host.accepted, {})) host.orphans.emplace_back(died, id);\n",
           """  const auto taken = std::exchange(host.accepted, {});
  const std::set<ConnectionId> accepted{taken.begin(), taken.end()};
  if (mutant("unordered-iteration")) {
    std::unordered_set<const ConnectionId*> open;
    for (const ConnectionId& id : accepted) open.insert(&id);
    for (const ConnectionId* id : open) host.orphans.emplace_back(died, *id);
  } else {
    for (const ConnectionId id : accepted) host.orphans.emplace_back(died, id);
  }
"""),
    Mutant("pointer-tie-break", "of equally loaded nodes the one whose note lies first in memory is asked",
           "half way", "core/network/network_client.cpp",
           "      if (in_flight(node) >= fewest) continue;\n",
           """      const std::unique_ptr<char[]> note{new char[72]}, other{new char[72]};
      const bool tie = sendable && in_flight(node) == fewest && std::less<>{}(note.get(), other.get());
      if (in_flight(node) >= fewest && !(tie && mutant("pointer-tie-break"))) continue;
"""),
    Mutant("wall-clock", "the jitter of a back-off comes from the clock of the machine",
           "again", "core/network/exponential_backoff.cpp",
           "  const auto step = static_cast<std::int64_t>(turn.choices.below(Choice::backoff_jitter, kJitterSteps));\n",
           """  auto step = static_cast<std::int64_t>(turn.choices.below(Choice::backoff_jitter, kJitterSteps));
  if (mutant("wall-clock")) step = std::chrono::steady_clock::now().time_since_epoch().count() % kJitterSteps;
"""),
    Mutant("shared-stream", "times of start and stop are drawn from one stream that all runs of a process share",
           "after other scenarios", "sim/host/life_cycle.cpp",
           "  const std::int64_t span = nanoseconds(range.high - range.low);\n",
           """  const std::int64_t span = nanoseconds(range.high - range.low);
  static Stream shared{1};
  if (mutant("shared-stream") && span > 0)
    return range.low + Duration{static_cast<std::int64_t>(shared.below(static_cast<std::uint64_t>(span)))};
"""),
    Mutant("uninitialised-field", "an event whose payload nobody reads is scheduled without setting it",
           "garbage", "sim/host/life_cycle.cpp",
           "  world.scheduler.schedule(world.now() + Disk::kScan, host.index, event_kind::writeback, 0);\n",
           """  struct Scan {
    HostIndex host;
    std::uint32_t payload;
    std::int64_t more[6];
  };
  const std::unique_ptr<Scan> scan{new Scan};
  scan->host = host.index;
  if (!mutant("uninitialised-field")) scan->payload = 0;
  world.scheduler.schedule(world.now() + Disk::kScan, scan->host, event_kind::writeback, scan->payload);
"""),
]


def changed_sources(root, build):
    """{path of a file: path of its changed copy}"""
    texts = {}
    for mutant in ALL:
        text = texts.get(mutant.file) or SWITCH + (root / mutant.file).read_text()
        if text.count(mutant.right) != 1:
            raise SystemExit(f"{mutant.name}: {mutant.file} has changed; what the mutant replaces is not there once:\n{mutant.right}")
        texts[mutant.file] = text.replace(mutant.right, mutant.wrong)
    copies = {}
    for file, text in texts.items():
        copies[file] = build / "mutants" / file
        copies[file].parent.mkdir(parents=True, exist_ok=True)
        copies[file].write_text(text)
    return copies


def batches(root, build, copies):
    """(compile command, source) of each unit of the release build that holds one of these files, changed."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = root / entry["file"]
        if source.suffix == ".cxx" and source.is_file():  # a unity batch
            text = source.read_text()
            hits = [file for file in copies if f'"{root / file}"' in text]
            if not hits:
                continue
            for file in hits:
                text = text.replace(f'"{root / file}"', f'"{copies[file]}"')
            unit = build / "mutants" / f"{source.parent.parent.name}.{source.name}"
            unit.write_text(text)
            yield entry, source, unit
        elif str(source.relative_to(root)) in copies:
            yield entry, source, copies[str(source.relative_to(root))]


def compile_changed(root, build):
    """The objects. Hardly optimised: a compiler need not keep what is undefined."""
    running, objects = [], []
    for entry, source, unit in batches(root, build, changed_sources(root, build)):
        made = unit.with_suffix(".o")
        words = [word for word in shlex.split(entry["command"]) if word != "-Werror"]
        words[words.index("-o") + 1] = str(made)
        words = [str(unit) if word == str(source) else word for word in words] + ["-O1", "-w", f"-I{root}"]
        running.append(subprocess.Popen(words, cwd=entry["directory"]))
        objects.append(str(made))
    if any([one.wait() != 0 for one in running]):
        raise SystemExit("a mutant does not compile")
    return objects


def linked(build, program, objects):
    """The program with these objects in front of the libraries, whose own batches are then not asked for."""
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", f"bin/{program}"], check=True, capture_output=True, text=True)
    command = re.sub(r"^: && | && :$", "", commands.stdout.strip().splitlines()[-1])
    words = shlex.split(command)
    made = build / "mutants" / program
    words[words.index("-o") + 1] = str(made)
    words[words.index("-o"):words.index("-o")] = objects
    subprocess.run(words, check=True, cwd=build)
    return made


def built(root):
    build = root / "build" / "release"
    objects = compile_changed(root, build)
    return rows.Programs(*(linked(build, program, objects) for program in ("kafkasim", "kafkasim_half_way")))


def undisturbed(program):
    """What the program itself says: a mutant is caught when a row says something else."""
    row, result = rows.Row("", program), {}
    for scenario in SCENARIOS:
        result.update(row.run([scenario], None, None))
    return result


def check(table, programs):
    mutated = built(table.root)
    os.environ["KAFKASIM_MUTANT"] = "none"
    control = [rows.Row("the same program without a mistake", mutated.kafkasim), rows.HalfWay("the same, half way", mutated.half_way)]
    table.add(control, undisturbed(programs.kafkasim))
    for mutant in ALL:
        os.environ["KAFKASIM_MUTANT"] = mutant.name
        outcomes = list(table.outcomes(rows.of_release(mutated), undisturbed(mutated.kafkasim)))
        caught = [outcome for outcome in outcomes if outcome.findings]
        meant = [outcome for outcome in caught if mutant.meant in outcome.row.name]
        print(f"\n{mutant.name}: {mutant.what}")
        if meant:
            table.say("caught", meant[0].row.name, f"and by {len(caught) - 1} of {len(outcomes) - 1} other rows")
            table.tell(meant[0], rows.Row("", mutated.kafkasim))
        else:
            table.status = 1
            table.say("NOT CAUGHT", f"by the row meant for it ({mutant.meant})")
        print("    caught by: " + ", ".join(outcome.row.name.removeprefix("g++ -O2, ") for outcome in caught))
    del os.environ["KAFKASIM_MUTANT"]
