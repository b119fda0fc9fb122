"""Makes a whole project of buildlab's app and a recipe of fixtures/proof.

A recipe is a folder with `recipe.json`, a `Dockerfile` and, where it needs some, `files/`, laid over the app's. Beside what
prove tells of it (`title`, `tell`, `answers`, `port`, `ask`, `health`, `times_smaller`), recipe.json has, each optional:

    plain    the app goes without Tailwind, ESLint and next.config.ts
    remove   paths of the app that go: ["public"]
    move     paths of the app that move: {"public/tile.png": "app/tile.png"}
    package  merged into package.json; null takes a key away (RFC 7396)
    into     the folder that the app moves to, before `files/` is laid over the whole: "apps/web"
    with     another recipe's `files/` are laid over the app first
    lock     whose lockfile is written anew: npm, pnpm, yarn, berry, bun. The app's own, of npm, stays without it
    pages    the app of files/ is all there is: everything of buildlab's but public/ and package.json goes
"""
import json
import os
import shutil
import subprocess

PNPM, YARN, BERRY, BUN = "10.12.1", "1.22.22", "4.9.2", "1.4.4"
PLAIN = {"devDependencies": dict.fromkeys(["@tailwindcss/turbopack", "tailwindcss", "eslint", "eslint-config-next"])}
KEPT = ("package.json", "public", ".gitignore")


class Unmade(Exception):
    """A sentence that says why a project couldn't be made."""


def recipes(folder):
    """Every recipe, by name, in the order in which they are built."""
    found = []
    for name in os.listdir(folder):
        with open(os.path.join(folder, name, "recipe.json"), encoding="utf-8") as file:
            found.append({"name": name, "folder": os.path.join(folder, name), **json.load(file)})
    return sorted(found, key=lambda one: (one.get("order", 99), one["name"]))


def merge(into, patch):
    for key, value in patch.items():
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value
    return into


def run(words, folder):
    environment = {**os.environ, "CI": "1", "npm_config_yes": "true"}
    ran = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise Unmade(f"{' '.join(words[:6])} failed:\n{(ran.stderr + ran.stdout)[-1500:]}")
    return ran.stdout


def lock(manager, folder):
    """Writes the lockfile as the manager would, without installing where it can."""
    if manager == "npm":
        run(["npm", "install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"], folder)
    elif manager == "pnpm":
        run(["npx", f"pnpm@{PNPM}", "install", "--lockfile-only", "--ignore-scripts"], folder)
    elif manager == "bun":
        run(["npx", f"bun@{BUN}", "install", "--lockfile-only"], folder)
    elif manager == "yarn":
        run(["npx", f"yarn@{YARN}", "install", "--ignore-scripts", "--silent"], folder)
        shutil.rmtree(os.path.join(folder, "node_modules"))
    elif manager == "berry":
        releases = os.path.join(folder, ".yarn", "releases")
        os.makedirs(releases)
        run(["npm", "pack", "--silent", "--pack-destination", releases, f"@yarnpkg/cli-dist@{BERRY}"], folder)
        (archive,) = os.listdir(releases)
        program = os.path.join(releases, f"yarn-{BERRY}.cjs")
        with open(program, "wb") as file:
            subprocess.run(["tar", "-xzOf", os.path.join(releases, archive), "package/bin/yarn.js"], stdout=file, check=True)
        os.remove(os.path.join(releases, archive))
        registry = run(["npm", "config", "get", "registry"], folder).strip()
        with open(os.path.join(folder, ".yarnrc.yml"), "w", encoding="utf-8") as file:
            file.write(f"nodeLinker: node-modules\nnpmRegistryServer: {registry}\n"
                       f"yarnPath: .yarn/releases/yarn-{BERRY}.cjs\nenableTelemetry: false\n")
        with open(os.path.join(folder, "yarn.lock"), "w", encoding="utf-8"):
            pass  # without one, Yarn looks for a project further up
        run(["node", program, "install", "--mode=update-lockfile"], folder)
        shutil.rmtree(os.path.join(folder, ".yarn", "cache"), ignore_errors=True)
    else:
        raise Unmade(f"no manager {manager}")


def gone(recipe, inner):
    """What of the app goes."""
    names = list(recipe.get("remove", []))
    if recipe.get("plain"):
        names += ["eslint.config.mjs", "next.config.ts"]
    if recipe.get("pages"):
        names = [name for name in os.listdir(inner) if name not in KEPT]
    if recipe.get("lock"):
        names.append("package-lock.json")
    return [name for name in dict.fromkeys(names) if os.path.exists(os.path.join(inner, name))]


def make(recipe, app, folder):
    """Makes the project of `recipe` in `folder`, out of buildlab's `app`."""
    shutil.rmtree(folder, ignore_errors=True)
    inner = os.path.join(folder, recipe.get("into", ""))
    shutil.copytree(app, inner, ignore=shutil.ignore_patterns("node_modules", ".next", "next-env.d.ts"))
    subprocess.run(["chmod", "-R", "u+w", folder], check=True)
    for old, new in recipe.get("move", {}).items():
        os.rename(os.path.join(inner, old), os.path.join(inner, new))
    for name in gone(recipe, inner):
        path = os.path.join(inner, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    place = os.path.join(inner, "package.json")
    with open(place, encoding="utf-8") as file:
        package = json.load(file)
    if recipe.get("plain"):
        merge(package, PLAIN)
        with open(os.path.join(inner, "app", "globals.css"), "w", encoding="utf-8") as file:
            file.write("body {\n  margin: 2rem;\n}\n")
    merge(package, recipe.get("package", {}))
    with open(place, "w", encoding="utf-8") as file:
        json.dump(package, file, indent=2)
        file.write("\n")
    for name in filter(None, (recipe.get("with"), recipe["name"])):
        files = os.path.join(os.path.dirname(recipe["folder"]), name, "files")
        if os.path.isdir(files):
            shutil.copytree(files, folder, dirs_exist_ok=True)
    shutil.copy(os.path.join(recipe["folder"], "Dockerfile"), folder)
    if recipe.get("lock"):
        lock(recipe["lock"], folder)
