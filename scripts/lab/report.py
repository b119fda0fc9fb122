#!/usr/bin/env python3
"""What convert-and-measure found, as Markdown or JSON.

    report.py markdown|json FOLDER     the whole; exits with 1 where something isn't as it should be
    report.py why FILE                 one sentence: why a build or a conversion failed
"""
import filecmp
import json
import os
import sys


# What an image may weigh, of its base, standalone output, .next/static and public/ together, without the packages that the
# project asks to have at run time (curl for its health check, pm2, …).
PARTS = 1.03


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def changed_files(folder):
    """The files that the conversion wrote, relative to the project."""
    before, after = os.path.join(folder, "before"), os.path.join(folder, "after")
    found = []
    for place, _, names in os.walk(after):
        for name in names:
            path = os.path.relpath(os.path.join(place, name), after)
            old = os.path.join(before, path)
            if not os.path.exists(old) or not filecmp.cmp(old, os.path.join(after, path), shallow=False):
                found.append(path.replace(os.sep, "/"))
    return sorted(found)


def side(folder, name):
    build, serve, check = (load(folder, f"{name}.{part}.json") for part in ("build", "serve", "check"))
    environment = dict(pair.partition("=")[::2] for pair in build.get("env") or [])
    return {
        "bytes": build["bytes"],
        "build_seconds": build["seconds"],
        "layers": [{"bytes": layer["bytes"], "by": layer["by"]} for layer in build["layers"]],
        "user": build["user"],
        "cmd": build["cmd"],
        "hostname": environment.get("HOSTNAME"),
        "served": {path: answer["status"] for path, answer in serve["fetched"].items()},
        "asset": serve.get("asset"),
        "image": serve.get("image"),
        "image_type": (serve["fetched"].get(serve.get("image")) or {}).get("type"),
        "health": (serve.get("health") or {}).get("status"),
        "uids": serve.get("users"),
        "seconds_to_stop": serve.get("seconds_to_stop"),
        "titles": sorted({a["title"] for a in serve["fetched"].values() if a.get("title")}),
        "serves": serve["ok"],
        "error": serve.get("error") or check.get("error"),
        "log": serve.get("log"),
        "findings": [
            {"rule": w.get("ruleName"), "detail": w.get("detail"), "line": line_of(w)} for w in check.get("warnings") or []
        ],
        "checked": "error" not in check,
    }


def line_of(warning):
    ranges = (warning.get("location") or {}).get("ranges") or [{}]
    return (ranges[0].get("start") or {}).get("line")


def problems(before, after, parts):
    found = []
    for name, one in (("before", before), ("after", after)):
        if not one["serves"]:
            bad = {path: status for path, status in one["served"].items() if status != 200}
            unwell = f"its health check says {one['health']}" if one["health"] not in (None, "healthy") else None
            found.append(f"the image {name} doesn't serve: {one['error'] or bad or unwell}")
        if not one["checked"]:
            found.append(f"BuildKit's check {name} didn't run: {one['error']}")
    if after["findings"]:
        found.append(f"BuildKit's check finds {len(after['findings'])} in the result")
    if before["titles"] != after["titles"]:
        found.append(f"another page is served: {before['titles']} before, {after['titles']} after")
    if after["hostname"] not in ("0.0.0.0", "::"):
        found.append(f"HOSTNAME is {after['hostname']!r} in the image: server.js would listen on one address only")
    if 0 in (after["uids"] or [0]):
        found.append("the app runs as root")
    if not after["asset"]:
        found.append("the page names nothing of /_next/static")
    if after["bytes"] - parts["installed_bytes"] > PARTS * parts["needed_bytes"]:
        found.append(f"the image is {after['bytes'] / parts['needed_bytes']:.3f} times its parts, more than {PARTS}")
    if after["bytes"] >= before["bytes"]:
        found.append("the image didn't become smaller")
    return found


def mb(count):
    return f"{count:,} ({count / 1e6:.0f} MB)"


def findings(one):
    return ", ".join(f"{f['rule']} (line {f['line']})" for f in one["findings"]) or "none"


def markdown(result):
    before, after = result["before"], result["after"]
    rows = [
        ("image, bytes", mb(before["bytes"]), mb(after["bytes"])),
        ("of the first", "100 %", f"{100 * after['bytes'] / before['bytes']:.1f} %, a factor of {result['ratio']}"),
        ("BuildKit's check", findings(before), findings(after)),
        ("answers with 200", *(" ".join(p for p, s in one["served"].items() if s == 200) for one in (before, after))),
        ("health check", *(one["health"] or "has none" for one in (before, after))),
        ("user", before["user"], after["user"]),
        ("command", *(" ".join(one["cmd"] or []) for one in (before, after))),
    ]
    print("| | before | after |\n| --- | ---: | ---: |")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(f"\nThe image after is {result['of_parts']} times base + standalone output + .next/static + public."
          f" Packages installed at run time, among it: {mb(parts['installed_bytes'])}.")
    print(f"\nWritten: {', '.join(result['written'])}. Base images are buildlab's stand-ins for the official ones.")
    for problem in result["problems"]:
        print(f"\n**Not as it should be**: {problem}.")


def report(form, folder):
    before, after, parts = side(folder, "before"), side(folder, "after"), load(folder, "parts.json")
    result = {
        "version": 1,
        "before": before,
        "after": after,
        "ratio": round(before["bytes"] / after["bytes"], 2),
        "estimate": load(folder, "convert.json").get("estimate"),
        "parts": parts,
        "of_parts": round(after["bytes"] / parts["needed_bytes"], 4),
        "written": changed_files(folder),
        "problems": problems(before, after, parts),
    }
    if form == "json":
        json.dump(result, sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        markdown(result)
    return 1 if result["problems"] else 0


def why(path):
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    reason = found.get("reason")
    if reason:
        print(f"{reason.get('code')}: {reason.get('message')} (line {reason.get('line')})")
    for question in found.get("questions") or []:
        print(f"open question {question.get('key')}: {question.get('message')}")
    for step in found.get("steps") or []:
        if step.get("error"):
            print(f"{step['text']}: {step['error']}\n{step.get('log', '')}")
    if found.get("error"):
        print(found["error"])
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("markdown", "json", "why"):
        sys.exit(__doc__)
    sys.exit(why(sys.argv[2]) if sys.argv[1] == "why" else report(sys.argv[1], sys.argv[2]))
