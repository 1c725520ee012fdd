"""The rules of the house: each takes the root of a source tree and yields every place that breaks it. tests/lint/selftest
shows that each can fail."""
import os
import pathlib
import re
import subprocess

LAYERS = [f"protocol/{layer}" for layer in ("wire", "transport", "dialect", "media", "peer")]
LAYERS += ["mappings", "bridge/core", "bridge/io", "bridge/cli"]
INDEPENDENT = "tests/support/independent_camera"


def files(root, *folders, wanted=lambda path: True):
    """Paths from root, sorted. A folder that is not there is an error of this lint."""
    for folder in folders:
        if not (root / folder).is_dir():
            raise SystemExit(f"{root / folder} is not there")
        found = (
            os.path.join(where, name)
            for where, _, names in os.walk(root / folder)
            for name in names
            if not os.path.islink(os.path.join(where, name))
        )
        yield from sorted(os.path.relpath(path, root) for path in found if wanted(path))


def cpp_files(root, *folders):
    return files(root, *folders, wanted=lambda path: path.endswith((".cpp", ".hpp")))


def read(root, path):
    return (root / path).read_text(errors="replace")


COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|(?<!:)//[^\n]*", re.DOTALL)  # "://" begins none


def code_lines(root, path):
    """Number and text of each line, without its comments."""
    text = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), read(root, path))
    return enumerate(text.split("\n"), 1)


def forbid(root, reason, pattern, *folders):
    pattern = re.compile(pattern)
    for path in cpp_files(root, *folders):
        for number, line in code_lines(root, path):
            if pattern.search(line):
                yield f"{path}:{number}: {line}   <- {reason}"


def layering(root):
    files_and_names = r"random_device|getenv|fstream|filesystem|fopen|sleep"
    yield from forbid(
        root, "protocol and mappings take bytes, time and seeds as arguments",
        rf"\basio\b|<thread>|<mutex>|::now\(|\brand\(|\bcout\b|{files_and_names}", "protocol", "mappings")
    yield from forbid(root, "protocol knows neither JSON nor MQTT", r'nlohmann|[<"]mqtt/', "protocol")
    yield from forbid(
        root, "bridge/core has no clock, socket or thread",
        r"\basio\b|<thread>|<mutex>|<condition_variable>|<future>|::now\(|<sys/socket|clock_gettime|std::time\("
        rf"|{files_and_names}", "bridge/core")
    for path in cpp_files(root, "protocol", "mappings", "bridge", "tests"):
        if path != "bridge/io/paho_client.cpp" and re.search(r'#include [<"]mqtt/', read(root, path)):
            yield f"{path}   <- only bridge/io/paho_client.cpp includes mqtt/"


MAY_INCLUDE = {
    "protocol/wire": "protocol/wire/",
    "protocol/transport": "protocol/(wire|transport)/",
    "protocol/dialect": "protocol/(wire|dialect)/",
    "protocol/media": "protocol/(wire|media)/",
    "protocol/peer": "protocol/(wire|transport|dialect|media|peer)/",
    "mappings": "(protocol/(wire|transport|dialect)|mappings)/",
    "bridge/core": "(protocol/(wire|transport|dialect)|mappings|bridge/core)/",
    "bridge/io": "(protocol/(wire|transport|dialect)|mappings|bridge/core|bridge/io)/",
    "bridge/cli": "(protocol|mappings|bridge)/",
    # What it shares with the code it judges: value types without a line of the protocol in them.
    INDEPENDENT: rf"(protocol/wire/(address|bytes|endpoint|time)\.hpp$|{INDEPENDENT}/)",
}


def includes(root):
    for folder, allowed in MAY_INCLUDE.items():
        if folder == INDEPENDENT and not (root / folder).is_dir():
            continue
        for path in cpp_files(root, folder):
            for number, line in enumerate(read(root, path).split("\n"), 1):
                included = re.match(r' *# *include *"([^"]*)"', line)
                if included and not re.match(allowed, included[1]):
                    yield f"{path}:{number}: {included[1]}   <- {folder} must not know it"
    # A new layer must be entered above before it can be used.
    for above in ("protocol", "bridge"):
        for folder in sorted(path for path in (root / above).iterdir() if path.is_dir()):
            if f"{above}/{folder.name}" not in MAY_INCLUDE:
                yield f"{above}/{folder.name}   <- a layer whose place is not known"


def lengths(root):
    def is_judged(path):
        return (re.search(r"\.[a-z]pp$|\.cmake$|/CMakeLists\.txt$", path)
                or os.access(path, os.X_OK) and os.stat(path).st_mode & 0o100)

    table = root / "tests/lint/long_files"
    reasons = dict(line.split(None, 1) for line in table.read_text().splitlines() if line) if table.exists() else {}
    for path in files(root, "protocol", "mappings", "bridge", "tests", "deploy", "cmake", wanted=is_judged):
        lines = (root / path).read_bytes().count(b"\n")
        if lines > 600:
            yield f"{path}: {lines} lines   <- 600 are the limit"
        elif lines > 400 and path not in reasons:
            yield f"{path}: {lines} lines   <- more than 400 want a line with the reason in tests/lint/long_files"
        elif lines <= 400 and path in reasons:
            yield f"{path}: {lines} lines   <- no longer long, take it out of tests/lint/long_files"


def paths(root):
    pattern = re.compile(r"(^|[^A-Za-z0-9_.$}*-])/(work|home|root|Users)/[A-Za-z]")
    for where, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git" and not name.startswith("build")]
        for name in names:
            path = pathlib.Path(where, name)
            data = b"" if name == ".git" or path.is_symlink() else path.read_bytes()
            if b"\0" in data:
                continue
            for number, line in enumerate(data.decode(errors="replace").split("\n"), 1):
                if pattern.search(line):
                    yield f"{path.relative_to(root)}:{number}:{line[:200]}   <- a path of somebody's machine"


def vectors(root):
    def is_read(name, *folder, suffix=".cpp"):
        return any(name in read(root, path) for path in cpp_files(root, *folder) if path.endswith(suffix))

    for path in sorted((root / "tests/vectors").glob("*.json")) if (root / "tests/vectors").is_dir() else []:
        if not is_read(path.name, "tests"):
            yield f"tests/vectors/{path.name}   <- no test reads it"
    captures = root / "tests/vectors/captures.json"
    if not captures.exists():
        return
    if '"whole": true' not in captures.read_text():
        yield "tests/vectors/captures.json   <- no whole row"
    # The rows are decoded, encoded again and counted by the test that asks each row whether it is whole.
    if not is_read("capture.whole", "tests/unit/wire", suffix="_test.cpp"):
        yield "tests/vectors/captures.json   <- no unit test of the wire goes through its whole rows"


def tests(root):
    """What a test must not do: wait for real time, or look at the wall clock."""
    yield from forbid(root, "a test waits for an event, never for time to pass",
                      r"\b(sleep_for|sleep_until|usleep|nanosleep) *\(|\bsleep\( *[0-9]+ *\)", "tests")
    # The virtual time of sim_network may pass: it costs nothing.
    yield from forbid(root, "a loop that runs for a time is a sleep", r"\bio(_context)?_?(\.|->)run_for *\(", "tests")
    yield from forbid(root, "a test has no wall clock", r"system_clock::now|std::time\(|gettimeofday", "tests")


def scripts(root):
    # Goes on when there was nothing to find or to show.
    fragile = re.compile(r"\|\| *\{ *(grep|cat|head|tail|sed|diff) [^}]*&& *(exit|return)\b")
    shell = re.compile(r"^(#!.*bash|# shellcheck shell=bash)", re.M)
    judged = []
    for path in files(root, ".ci", "deploy", "tests", wanted=lambda p: p.endswith(".sh") or os.access(p, os.X_OK)):
        text = read(root, path)
        if not shell.search(text):
            continue
        judged.append(path)
        for number, line in enumerate(text.split("\n"), 1):
            if fragile.search(line):
                yield f"{path}:{number}:{line}   <- leaves only if the command before && succeeds"
    for path in judged:  # each by itself: together they would be taken for parts of one script
        seen = subprocess.run(["shellcheck", "--severity=warning", "--external-sources", "--format=gcc", path],
                              cwd=root, stdout=subprocess.PIPE, text=True)
        yield from seen.stdout.splitlines()


RULES = {rule.__name__: rule for rule in (layering, includes, lengths, paths, vectors, tests, scripts)}
