#!/usr/bin/env python3
"""What a converted project's image must hold, weighed where it was built.

    parts.py LAB PROJECT IMAGE

Builds the build stage of PROJECT's Dockerfile, which BuildKit has in its cache, and sums the files of each folder that the
last stage copies from it. Prints JSON: the base image's bytes, those of each folder, those of the packages that the last
stage installs because the project asks for them, and of the base, the standalone output, .next/static and public together.
"""
import json
import os
import re
import sys

from truth import Failed, Lab

# Runs in the build stage: the bytes of the files under each path, those of hard links once.
SUM = r"""
const fs = require("fs"), path = require("path"), seen = new Set();
const sum = (place) => {
  const found = fs.lstatSync(place, { throwIfNoEntry: false });
  if (!found) return 0;
  if (found.isDirectory()) return fs.readdirSync(place).reduce((all, name) => all + sum(path.join(place, name)), 0);
  if (!found.isFile() || seen.has(found.ino)) return 0;
  seen.add(found.ino);
  return found.size;
};
console.log(JSON.stringify(JSON.parse(process.env.PATHS).map((place) => (seen.clear(), sum(place)))));
"""


INSTALLS = re.compile(r"\b(apt-get|apk|npm|yarn|pnpm)\b.*\b(install|add|i)\b")


def last_stage(text):
    """The base of the last stage, and what it copies from another: (stage, path) each."""
    text = re.sub(r"\\\n\s*", " ", text)
    base, copies = None, []
    for line in text.splitlines():
        if found := re.match(r"(?i)FROM\s+(?:--\S+\s+)*(\S+)", line):
            base, copies = found[1], []
        elif found := re.match(r"(?i)COPY\s+((?:--\S+\s+)*)(\S+)\s+\S+\s*$", line):
            if stage := re.search(r"--from=(\S+)", found[1]):
                copies.append((stage[1], found[2]))
    return base, copies


def weigh(lab, project, image):
    with open(os.path.join(project, "Dockerfile"), encoding="utf-8") as file:
        base, copies = last_stage(file.read())
    stages = {stage for stage, _ in copies}
    if len(stages) != 1:
        raise Failed(f"the last stage copies from {len(stages)} stages")
    tag = f"{image}-build"
    lab.docker("buildx", "build", "--network", "host", "--provenance=false", "--target", *stages, "-t", tag, project)
    paths = [path for _, path in copies]
    ask = ["-e", f"PATHS={json.dumps(paths)}", "--entrypoint", "node", tag, "-e", SUM]
    said = lab.docker("run", "--rm", "--network", "none", "--user", "0", *ask)
    sums = dict(zip(paths, json.loads(said)))
    lab.docker("rmi", tag)
    before = lab.history(base)
    installed = sum(size for by, size in lab.history(image)[len(before):] if INSTALLS.search(by))
    needed = {path: size for path, size in sums.items() if re.search(r"(/standalone|/static|/public)$", path)}
    base_bytes = json.loads(lab.docker("image", "inspect", base))[0]["Size"]
    needed_bytes = base_bytes + sum(needed.values())
    return {"base": base, "base_bytes": base_bytes, "copied": sums, "installed_bytes": installed, "needed_bytes": needed_bytes}


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    json.dump(weigh(Lab(sys.argv[1]), sys.argv[2], sys.argv[3]), sys.stdout, indent=2)
    print()
