"""Other compilers, optimisation levels, sanitizers and another standard library: programs built to be compared."""
import json
import pathlib
import shutil
import subprocess

import rows


def made(root, folder, configure, target="kafkasim"):
    """Configures and builds; the program."""
    quiet = {"check": True, "cwd": root, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", *configure], **quiet)
    subprocess.run(["cmake", "--build", folder, "--target", target], **quiet)
    return root / folder / "bin" / "kafkasim"


def preset(root, name):
    return made(root, f"build/{name}", ["--preset", name])


def compiler(root, name, command, flags):
    """A build of its own in build/determinism, as the release preset but for compiler and flags."""
    folder = f"build/determinism/{name}"
    return made(root, folder, ["-S", ".", "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DKAFKASIM_TESTS=OFF",
                               f"-DCMAKE_CXX_COMPILER={command}", f"-DCMAKE_CXX_FLAGS_RELEASE={flags}"])


def tree_of(node):
    """A node of a YAML document as tests/same_bytes/libcxx/tree_of_json.cpp wants it."""
    import yaml
    place = [node.start_mark.line + 1, node.start_mark.column + 1]
    if isinstance(node, yaml.SequenceNode):
        return [*place, {"list": [tree_of(item) for item in node.value]}]
    if isinstance(node, yaml.MappingNode):
        return [*place, {"map": [[key.value, key.start_mark.line + 1, key.start_mark.column + 1, tree_of(value)]
                                 for key, value in node.value]}]
    if node.style is None and node.tag == "tag:yaml.org,2002:null":
        return [*place, None]
    return [*place, {"text": node.value, "quoted": node.style is not None}]


class ReadBefore(rows.Row):
    """Takes trees of the scenarios, read here, in the place of the files."""

    def __init__(self, name, program, root, scratch):
        super().__init__(name, program)
        self.folder = scratch / "trees"
        for file in (root / "scenarios").rglob("*.yaml"):
            import yaml
            copy = self.folder / file.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(json.dumps(tree_of(yaml.compose(file.read_text()))))

    def call(self, *arguments):
        return super().call(*(self.folder / one if str(one).endswith(".yaml") else one for one in arguments))


def libcxx(root, scratch):
    for version in ("14", "15", "16", "17", "18", "19"):
        headers = pathlib.Path(f"/usr/lib/llvm-{version}/include/c++/v1")
        if headers.is_dir() and shutil.which(f"clang++-{version}"):
            folder = "build/determinism/libcxx"
            program = made(root, folder, ["-S", "tests/same_bytes/libcxx", "-B", folder, "-G", "Ninja",
                                          f"-DCMAKE_CXX_COMPILER=clang++-{version}", "-DCMAKE_BUILD_TYPE=Release",
                                          "-DCMAKE_CXX_FLAGS_RELEASE=-O2"])
            return ReadBefore(f"clang++ {version} -O2, libc++", program, root, scratch)
    row = rows.Row("clang++, libc++", None)
    row.missing = "the packages clang-14 and libc++-14-dev are not installed"
    return row


def rows_of_clang(root):
    if not shutil.which("clang++-14"):
        row = rows.Row("clang++", None)
        row.missing = "the package clang-14 is not installed"
        yield row
        return
    yield rows.Row("clang++ 14 -O2", preset(root, "clang"))
    yield rows.Row("clang++ 14 -O0", compiler(root, "clang-O0", "clang++-14", "-O0"))
    yield rows.Row("clang++ 14 -O3", compiler(root, "clang-O3", "clang++-14", "-O3"))


def of_compilers(root, scratch):
    """Built one after the other, when they are asked for."""
    yield rows.Row("g++ -O0", preset(root, "debug"))
    yield rows.Row("g++ -O3", compiler(root, "gcc-O3", "g++", "-O3"))
    yield rows.Row("g++, address and undefined behaviour sanitizers", preset(root, "asan"))
    yield from rows_of_clang(root)
    yield libcxx(root, scratch)
