"""docs/proof.md: what `prove` found, for a reader."""
import stand_ins

INTRO = """# The conversion, proven by building

Written by [`scripts/lab/prove`](../scripts/lab/prove) from {count} projects, {dates}, with {program}. Each is a whole project with a
single-stage Dockerfile. It was built with BuildKit, converted with `plimsoll convert --write`, and built again; both images
were started as they are, without a variable set, in a network of their own. {verdict}

What must hold after the conversion, for each project:

- the page, an API route, a script or style of `.next/static`, a file of `public/` and the optimised image that the page shows
  (`/_next/image`) answer with 200, on the image's own port and address;
- the health check, where there is one, finds the container healthy;
- every process runs as another user than root;
- BuildKit's own checks find nothing in the Dockerfile;
- the image weighs at most 1.03 times base image + standalone output + `.next/static` + `public/` as they lie in the
  build stage, the packages aside that the project asks to have at run time.

Before the conversion the same paths must answer, so that a project that never worked proves nothing.

| project | Next.js | base | before | after | smaller | of its parts | user | healthy | answers |
| --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- | ---: |
"""
STAND_INS = """
## What stood in for what

No registry of images was reached. The engine, BuildKit, the package managers, Next.js and the files of Debian and Alpine are
real; the base images were put together from packages and come within some 5 % of the official ones:

- `node:20-alpine`: buildlab's own, Alpine 3.23 with Node.js built for musl.
"""
# What a recipe would have liked to have, and why it hasn't.
MISSING = """
## What could not be had

- `apk add` and images of other registries: nothing to install from on Alpine but what the base image brings, so curl, tini and
  openssl are tried on Debian.
- Prisma's query and schema engines: they are downloaded from a server of Prisma's at install time. Prisma 7 goes without a query
  engine, by a driver adapter whose binary is an npm package; the table is made by the app, as `prisma db push` needs the schema engine.
- Yarn 4 by corepack: it comes from Yarn's own server. The project has it in `.yarn/releases`, by `yarnPath`.
- The signatures that corepack wants of pnpm: the package registry here passes none on, hence `COREPACK_INTEGRITY_KEYS=0`.
"""


def megabytes(count):
    return f"{count / 1e6:,.0f} MB"


def row(one):
    head = f"| [{one['title']}](#{one['name']}) "
    if "failed" in one:
        return f"{head}| | | not built | | | | | | |"
    measured = one["measured"]
    before, after = measured["before"], measured["after"]
    answers = sum(status == 200 for status in after["served"].values())
    parts = f"{measured['of_parts']:.3f}" + (" *" if measured["parts"]["installed_bytes"] else "")
    healthy = {None: "—", "healthy": "yes"}.get(after["health"], "no")
    cells = [one["versions"].get("next", ""), f"`{one['base']}`", megabytes(before["bytes"]), megabytes(after["bytes"]),
             f"{measured['ratio']:.2f} ×", parts, after["user"], healthy, f"{answers} of {len(after['served'])}"]
    return f"{head}| {' | '.join(cells)} |"


def detail(one):
    lines = [f"### {one['name']}", "", f"{one['title']}, {one['date']}."]
    if "failed" in one:
        return [*lines, "", "**Not built**:", "", "```text", one["failed"][-1500:], "```", ""]
    measured = one["measured"]
    before, after = measured["before"], measured["after"]
    if one.get("answers"):
        lines += ["", "Answered: " + ", ".join(f"`--answer {key}={value}`" for key, value in one["answers"].items()) + "."]
    told = ", ".join(f"{name} {version}" for name, version in one["versions"].items())
    lines += ["", f"- {told}; written: {', '.join(f'`{name}`' for name in measured['written'])}",
              f"- {before['bytes']:,} bytes before, {after['bytes']:,} after; of that base {measured['parts']['base_bytes']:,}",
              f"- answered with 200: {' '.join(f'`{path}`' for path, status in after['served'].items() if status == 200)}"]
    if measured["parts"]["installed_bytes"]:
        lines.append(f"- packages installed at run time, as the project has it: {measured['parts']['installed_bytes']:,} bytes")
    for problem in one["problems"]:
        lines.append(f"- **not as it should be**: {problem}")
    return [*lines, ""]


def document(results, lab):
    """The whole page, of the results in their order."""
    held = [one for one in results if one.get("problems") == []]
    dates = sorted({one["date"] for one in results})
    verdict = f"All of it holds for {len(held)} of {len(results)}."
    text = INTRO.format(count=len(results), dates=" to ".join(dict.fromkeys([dates[0], dates[-1]])) if dates else "",
                        program=", ".join(sorted({one["program"] for one in results})), verdict=verdict)
    text += "\n".join(map(row, results)) + "\n"
    if any(one["measured"]["parts"]["installed_bytes"] for one in results if "measured" in one):
        text += "\n\\* with packages that the project asks to have at run time, which the bound leaves out: see below.\n"
    text += STAND_INS + "".join(f"- `{tag}`: {how}.\n" for tag, how in stand_ins.TAGS.items()) + MISSING
    text += "\n## Each project\n\n" + "\n".join("\n".join(detail(one)) for one in results)
    return text.rstrip() + "\n"
