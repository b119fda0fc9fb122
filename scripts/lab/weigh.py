#!/usr/bin/env python3
"""What `scripts/lab/weigh` runs: predictions against builds. Call that one; it says what is done."""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

from truth import Failed, Lab, measure

BASES = {"alpine": "node:20-alpine", "bookworm": "node:20-bookworm-slim"}
# What is taken off the disk before explain is asked again.
STATES = [("built", ()), ("lockfile", ("node_modules", ".next", "dist")), ("nothing", ("package-lock.json",))]
HEAVY = 5_000_000
LAYER, IMAGE, WIDTH = 0.15, 0.08, 2.0


def say(text):
    print(f"weigh: {text}", file=sys.stderr, flush=True)


def builds(fixtures, buildlab):
    """Each build: its name, sources, what is laid over them, Dockerfile and base image."""
    for project in sorted(os.listdir(fixtures)):
        folder = os.path.join(fixtures, project)
        sources = os.path.join(buildlab, "app") if project == "buildlab-app" else folder
        for stages in ("single", "multi"):
            overlay = os.path.join(folder, stages)
            for base, image in BASES.items():
                dockerfile = f"{stages}.{base}.Dockerfile"
                if os.path.exists(os.path.join(folder, dockerfile)):
                    yield {"name": f"{project} {stages}.{base}", "project": project, "sources": sources,
                           "fixture": folder, "overlay": overlay if os.path.isdir(overlay) else None,
                           "dockerfile": dockerfile, "base": image}


def prepare(one, work, npm):
    """A copy of the project in which `npm ci` and the build have run. Projects that differ in nothing share it."""
    folder = os.path.join(work, one["project"] + ("-" + os.path.basename(one["overlay"]) if one["overlay"] else ""))
    done = os.path.join(folder, "node_modules", ".package-lock.json")
    if os.path.exists(done):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(one["sources"], folder, ignore=shutil.ignore_patterns("node_modules", ".next", "single", "multi"))
    for source in filter(None, (one["fixture"], one["overlay"])):
        for entry in os.scandir(source):
            if entry.is_file():
                shutil.copy(entry.path, os.path.join(folder, entry.name))
    subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    environment = {**os.environ, "NEXT_TELEMETRY_DISABLED": "1", "CI": "1"}
    for words in (["ci"], ["run", "build"]):
        say(f"{one['project']}: npm {' '.join(words)}")
        ran = subprocess.run([*npm, *words], cwd=folder, env=environment, capture_output=True, text=True)
        if ran.returncode:
            raise Failed(f"{folder}: npm {' '.join(words)} failed on this machine:\n{(ran.stderr or ran.stdout)[-2000:]}")
    return folder


def explain(plimsoll, folder, dockerfile):
    words = [plimsoll, "explain", dockerfile, "--format", "json"]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if ran.returncode:
        raise Failed(f"explain {dockerfile}: {ran.stderr.strip()}")
    return json.loads(ran.stdout)


def chains(explained):
    """By stage, the steps from the base image on: what `docker history` has of an image of that stage."""
    found = []
    for stage in explained["stages"]:
        names = [one["name"] or str(one["index"]) for one in explained["stages"][: stage["index"]]]
        before = found[len(names) - 1 - names[::-1].index(stage["base"])] if stage["base"] in names else []
        own = [step for step in explained["steps"] if step["stage"] == stage["index"] and step["instruction"] != "FROM"]
        found.append(before + own)
    return found


def compare(truth, explained, state):
    """Rows of (what, line, truth, low, likely, high, why it is off or None)."""
    exact = state == "built"
    rows, seen = [], set()
    for index, (stage, predicted) in enumerate(zip(truth["stages"], chains(explained))):
        pairs = list(zip(stage["steps"], predicted))
        words = [(real["by"].split(" ")[0], step["instruction"]) for real, step in pairs]
        if len(stage["steps"]) != len(predicted) or any(real != said for real, said in words):
            raise Failed(f"stage {stage['name']}: the image's history has other steps than explain: {words}")
        in_image = index == len(truth["stages"]) - 1
        for real, step in pairs:
            if real["bytes"] > HEAVY and step["line"] not in seen:
                seen.add(step["line"])
                what = f"{stage['name']}: {real['by']}".replace("/bin/sh -c ", "")
                rows.append(row(what, step["line"], real["bytes"], step["size"], LAYER if exact else None, in_image))
        if in_image:
            rows.append(row("image", None, truth["image_bytes"], total(explained, truth["base_bytes"]),
                            IMAGE if exact else None, True))
    return rows


def total(explained, base):
    """What explain says of the image, with the stand-in in place of the base image. Of a step that isn't told the
    image's own range may still be."""
    image = explained["image"]["size"]
    bases = [step["size"] for step in explained["steps"] if step["instruction"] == "FROM" and step["in_image"] and step["size"]]
    if image is None or image["likely"] is None:
        return None
    return {key: image[key] - sum(size[key] for size in bases) + base for key in ("low", "likely", "high")}


def row(what, line, truth, size, tolerance, in_image):
    found = {"what": what, "line": line, "in_image": in_image, "truth": truth, "predicted": size, "off": None}
    if size is None:
        found["off"] = "not predicted"
    elif tolerance:
        deviation = size["likely"] / truth - 1
        if abs(deviation) > tolerance:
            found["off"] = f"{deviation:+.0%}, allowed {tolerance:.0%}"
    elif not size["low"] <= truth <= size["high"]:
        found["off"] = "the range doesn't hold it"
    elif size["high"] > WIDTH * size["low"]:
        found["off"] = f"a factor of {size['high'] / max(size['low'], 1):.1f} wide"
    return found


def table_of_base(explained, base):
    """What the table says of the base image; None where explain gives FROM no size."""
    for step in explained["steps"]:
        stage = explained["stages"][step["stage"]]
        if step["instruction"] == "FROM" and stage["base"] == base and step["size"]:
            return step["size"]["likely"]
    return None


def mb(count):
    return "?" if count is None else f"{count / 1e6:.1f}"


def markdown(results):
    for result in results:
        stand_in, table = result["base_bytes"], result["base_in_table"]
        print(f"### {result['name']}\n\n{result['base']}: {mb(stand_in)} MB as measured (a stand-in), {mb(table)} MB in "
              "the table. All in MB.\n")
        print("| on disk | line | layer | built | predicted | range | |\n| --- | ---: | --- | ---: | ---: | ---: | --- |")
        for state, rows in result["states"].items():
            for one in rows:
                size = one["predicted"] or {"likely": None, "low": None, "high": None}
                what = one["what"] if len(one["what"]) < 60 else one["what"][:59] + "…"
                deviation = f"{size['likely'] / one['truth'] - 1:+.1%}" if one["predicted"] else ""
                verdict = f"**{one['off']}**" if one["off"] else deviation
                print(f"| {state} | {one['line'] or ''} | {what.replace('|', '/')} | {mb(one['truth'])} | {mb(size['likely'])} "
                      f"| {mb(size['low'])} to {mb(size['high'])} | {verdict} |")
        print()
    rows = [one for result in results for found in result["states"].values() for one in found]
    off = sum(1 for one in rows if one["off"])
    print(f"{len(rows)} numbers of {len(results)} builds, {off} off.")


def run(args):
    chosen = [one for one in builds(args.fixtures, args.buildlab) if all(word in one["name"] for word in args.only)]
    if not chosen:
        raise Failed(f"no build has {' and '.join(args.only)} in its name")
    known = {}
    if args.truth and os.path.exists(args.truth):
        with open(args.truth, encoding="utf-8") as file:
            known = json.load(file)
    lab = Lab(os.path.join(args.buildlab, "lab.sh"))
    work = args.keep or tempfile.mkdtemp(prefix="plimsoll-weigh-")
    os.makedirs(work, exist_ok=True)
    results = []
    try:
        npm = lab.npm(BASES["bookworm"], os.path.join(work, "npm"))
        for one in chosen:
            folder = prepare(one, work, npm)
            if one["name"] not in known:
                say(f"building {one['name']}")
                name = one["name"].replace(" ", "-")
                known[one["name"]] = measure(lab, folder, name, one["dockerfile"], one["base"], bool(args.truth))
                if args.truth:
                    with open(args.truth, "w", encoding="utf-8") as file:
                        json.dump(known, file, indent=1)
            results.append(weigh(args.plimsoll, one, folder, known[one["name"]]))
    finally:
        if not args.keep:
            shutil.rmtree(work, ignore_errors=True)
    return results


def weigh(plimsoll, one, folder, truth):
    result = {"name": one["name"], "base": one["base"], "base_bytes": truth["base_bytes"], "states": {}}
    with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as aside:
        try:
            for state, gone in STATES:
                for path in gone:
                    if os.path.lexists(os.path.join(folder, path)):
                        os.rename(os.path.join(folder, path), os.path.join(aside, path))
                explained = explain(plimsoll, folder, one["dockerfile"])
                result["states"][state] = compare(truth, explained, state)
                result.setdefault("base_in_table", table_of_base(explained, one["base"]))
        finally:
            for path in os.listdir(aside):
                os.rename(os.path.join(aside, path), os.path.join(folder, path))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--plimsoll", "--buildlab", "--fixtures"):
        parser.add_argument(option, required=True)
    for option in ("--truth", "--keep"):
        parser.add_argument(option)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", action="append", default=[])
    args = parser.parse_args()
    try:
        results = run(args)
    except Failed as why:
        say(str(why))
        return 2
    off = any(one["off"] for result in results for rows in result["states"].values() for one in rows)
    if args.json:
        json.dump({"version": 1, "ok": not off, "builds": results}, sys.stdout, indent=2)
        print()
    else:
        markdown(results)
    return 1 if off else 0


if __name__ == "__main__":
    sys.exit(main())
