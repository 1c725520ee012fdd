#!/usr/bin/python3
"""tests/bench/table.py [--quick] [--seconds N] DIRECTORY BENCH...: joins DIRECTORY/BENCH.json of each bench with the
facts of this machine, writes DIRECTORY/bench.json and prints the one table, then the goals that were missed.
tests/bench/table.py --fill FILE DIRECTORY: puts the figures of DIRECTORY/bench.json into the Markdown table of FILE, in
every line that begins with a row's name, and what they were measured on into the line that begins with "Measured"."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

WHAT, FLOOR = 46, 19  # widths of the names


def command(*words):
    seen = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return seen.stdout.strip() if seen.returncode == 0 else ""


def cpu_model():
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else os.uname().machine


def compiler(directory):
    cache = directory / "CMakeCache.txt"
    found = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache.read_text(), re.M) if cache.exists() else None
    return command(found[1], "--version").split("\n")[0] if found else "unknown"


def facts(directory, quick, seconds):
    root = str(pathlib.Path(__file__).resolve().parents[2])
    commit = command("git", "-C", root, "rev-parse", "--short=12", "HEAD")
    changed = command("git", "-C", root, "status", "--porcelain", "--untracked-files=no")
    return {
        "commit": commit + (" and changes" if changed else ""),
        "quick": quick,
        "seconds": seconds,
        "ended": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": cpu_model(),
        "kernel": os.uname().release.split("-")[0],
        "compiler": compiler(directory),
        # Of the last minute: more than the bench's own two or three are somebody else's.
        "load": os.getloadavg()[0],
    }


def number(value):
    if value is None:
        return ""
    if value == 0:
        return "0"
    places = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3
    text = f"{value:.{places}f}"
    return text if float(text) != 0 else f"{value:.1e}"


def goal_text(row):
    goal = row.get("goal")
    if not goal:
        return ""
    sign, bound = ("<=", goal["at_most"]) if "at_most" in goal else (">=", goal["at_least"])
    return f"{'x ' if goal['on'] == 'ratio' else ''}{sign} {bound:.5g}"


def cut(text, width):
    return text if len(text) <= width else text[:width - 1] + "~"


def line_of(row):
    floor = row.get("floor", {})
    verdict = {True: "met", False: "MISSED", None: ""}[row.get("met")]
    cells = [
        f"{cut(row['what'], WHAT):<{WHAT}}", f"{row['unit']:>8}",
        *(f"{number(row[key]):>8}" for key in ("value", "min", "max")),
        f"{row['repeats']:>2}", f"{number(floor.get('value')):>8}", f"{cut(floor.get('what', ''), FLOOR):<{FLOOR}}",
        f"{number(row.get('ratio')):>6}", f"{goal_text(row):<9}", verdict,
    ]
    return " ".join(cells).rstrip()


HEAD = " ".join([f"{'':<{WHAT}}", f"{'unit':>8}", f"{'median':>8}", f"{'min':>8}", f"{'max':>8}", " n", f"{'floor':>8}",
                 f"{'of':<{FLOOR}}", f"{'ratio':>6}", "goal"])


def origin(machine):
    return (f"{machine['cores']} cores, {machine['cpu']}; Linux {machine['kernel']}; {machine['compiler']}; "
            f"load {machine['load']:.1f}")


def fill(file, whole):
    rows = {row["what"]: row for bench in whole["benches"] for row in bench["rows"]}
    lines = file.read_text().split("\n")
    for at, line in enumerate(lines):
        row = rows.get(line.strip("| ").split(" | ")[0])
        if line.startswith("Measured"):
            machine = whole["machine"]
            lines[at] = (f"Measured {machine['ended'][:10]} on commit {machine['commit']}"
                         f"{' with --quick' if machine['quick'] else ''}: {origin(machine)}.")
        elif row and line.startswith("| "):
            unit = row["unit"] and " " + row["unit"]
            noise = f"{number(row['min'])} – {number(row['max'])}" if row["repeats"] > 1 else ""
            floor = f"{number(row['floor']['value'])}, {row['floor']['what']}" if "floor" in row else ""
            goal = goal_text(row).replace("<=", "≤").replace(">=", "≥").replace("x ", "× ")
            missed = ", missed" if row.get("met") is False else ""
            cells = [row["what"], number(row["value"]) + unit, noise, floor, number(row.get("ratio")), goal + missed]
            lines[at] = "| " + " | ".join(cells) + " |"
    file.write_text("\n".join(lines))


def print_table(whole):
    machine = whole["machine"]
    print(f"cam32100 {machine['commit']}{', quick' if machine['quick'] else ''}, measured in {machine['seconds']} s")
    print(origin(machine))
    for bench in whole["benches"]:
        print(f"\n{bench['title']}\n{HEAD}")
        print(*map(line_of, bench["rows"]), sep="\n")
    judged = [row for bench in whole["benches"] for row in bench["rows"] if "goal" in row]
    missed = [row for row in judged if not row["met"]]
    print(f"\nGoals: {len(judged) - len(missed)} of {len(judged)} are met." + (" Missed:" if missed else ""))
    for row in missed:
        print(f"  {row['what']}: {number(row['value'])} {row['unit']}".rstrip() +
              (f", {number(row['ratio'])} x {row['floor']['what']}" if "ratio" in row else "") +
              f" (wanted {goal_text(row)})")


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--quick", action="store_true")
    words.add_argument("--seconds", type=int, default=0)
    words.add_argument("--fill", type=pathlib.Path)
    words.add_argument("directory", type=pathlib.Path)
    words.add_argument("bench", nargs="*")
    given = words.parse_args()
    if given.fill:
        return fill(given.fill, json.loads((given.directory / "bench.json").read_text()))
    benches = []
    for name in given.bench:
        file = given.directory / f"{name}.json"
        if file.exists():
            benches.append({"bench": name, **json.loads(file.read_text())})
        else:
            print(f"{file}: not there, the bench failed", file=sys.stderr)
    whole = {"machine": facts(given.directory, given.quick, given.seconds), "benches": benches}
    (given.directory / "bench.json").write_text(json.dumps(whole, indent=1) + "\n")
    print_table(whole)


if __name__ == "__main__":
    main()
