#!/usr/bin/env python3
"""Holds the figures of one benchmark run against what the project promises.

    promises.py FOLDER DOCUMENT...

FOLDER has DOCUMENT-SERVER.json as `scripts/bench/lsp` writes them. Prints two Markdown tables, of what
is held against another server and of what is promised as it is; exits with 1 where a promise isn't kept. Medians of wall
time are compared; `net` leaves out what both waited for a processor.
"""
import json
import os
import sys

PEER, OURS, EMPTY = "docker-langserver", "plimsoll", "empty-tower-lsp"

# what, metric, against whom, bound, documents (None: all). The bound is a ratio: theirs / ours is at least it.
PROMISES = [
    ("keystroke to diagnostics", "edit.diagnostics_ms", PEER, 5.0, {"medium", "large", "huge"}),
    ("keystroke to diagnostics", "edit.diagnostics_ms", EMPTY, 0.5, {"small"}),
    ("cold start to first diagnostics", "cold.first_diagnostics_ms", PEER, 20.0, {"small", "medium"}),
    # All rules run on 2,000 lines, with no version before from which findings could be taken over.
    ("cold start to first diagnostics", "cold.first_diagnostics_ms", PEER, 10.0, {"large", "huge"}),
    ("peak memory", "mem.peak_mib", PEER, 4.0, None),
]


# What, metric, unit, what it stays below, document.
LIMITS = [
    ("keystroke to diagnostics", "edit.diagnostics_ms", "ms", 0.5, "medium"),
    ("keystroke to diagnostics", "edit.diagnostics_ms", "ms", 5.0, "large"),
    ("peak memory", "mem.peak_mib", "MiB", 25e6 / 2**20, "large"),
]

# Every request that costs the peer more than so many milliseconds is answered so many times sooner.
REQUESTS_FROM, REQUESTS_BOUND, REQUESTS_ON = 0.5, 10.0, {"medium", "large"}


def requests(folder, document):
    """The promises for single requests on a document, as in PROMISES."""
    try:
        theirs = metrics(folder, document, PEER)
    except (OSError, KeyError, ValueError):
        return []
    names = sorted(name for name in theirs if name.startswith("req.") and name.endswith("_ms"))
    asked = [name for name in names if not name.endswith("_cpu_ms") and theirs[name]["p50"] > REQUESTS_FROM]
    return [(name[len("req.") : -len("_ms")], name, PEER, REQUESTS_BOUND, {document}) for name in asked]


def limits(folder, documents):
    print("\n| promise | document | plimsoll | less than | kept |")
    print("| --- | --- | ---: | ---: | --- |")
    kept = True
    for what, name, unit, most, document in LIMITS:
        if document not in documents:
            continue
        try:
            ours = metrics(folder, document, OURS)[name]["p50"]
        except (OSError, KeyError, ValueError) as error:
            print(f"| {what} | {document} | | {most:.3g} {unit} | not measured: {error} |")
            kept = False
            continue
        kept = kept and ours < most
        print(f"| {what} | {document} | {ours:.3g} {unit} | {most:.3g} {unit} | {'yes' if ours < most else 'NO'} |")
    return kept


def metrics(folder, document, server):
    with open(os.path.join(folder, f"{document}-{server}.json"), encoding="utf-8") as file:
        (found,) = json.load(file)["docs"]
    return found["metrics"]


def net(metric):
    return (metric.get("net") or {}).get("p50") or metric["p50"]


def main(folder, documents):
    print("| promise | document | plimsoll | against | ratio | net ratio | at least | kept |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |")
    kept = True
    single = [promise for document in documents if document in REQUESTS_ON for promise in requests(folder, document)]
    for what, name, other, bound, where in PROMISES + single:
        for document in documents:
            if where is not None and document not in where:
                continue
            try:
                ours, theirs = (metrics(folder, document, server)[name] for server in (OURS, other))
            except (OSError, KeyError, ValueError) as error:
                print(f"| {what} | {document} | | {other} | | | {bound:g} | not measured: {error} |")
                kept = False
                continue
            ratio = theirs["p50"] / ours["p50"]
            good = ratio >= bound
            kept = kept and good
            unit = "MiB" if name.endswith("_mib") else "ms"
            print(
                f"| {what} | {document} | {ours['p50']:.3g} {unit} | {other} {theirs['p50']:.3g} {unit} "
                f"| {ratio:.2f} | {net(theirs) / net(ours):.2f} | {bound:g} | {'yes' if good else 'NO'} |"
            )
    return 0 if limits(folder, documents) and kept else 1


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
