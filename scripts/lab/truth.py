"""What BuildKit really makes of a project: the bytes of every layer, and what they hold.

`weigh` uses it. A stage that the final image doesn't contain is built as a target of its own, so that its layers are
measured too.
"""
import json
import os
import re
import subprocess
import tarfile

# The official Debian images tell apt to keep no archives, no binary caches and no translations, to leave the lists
# compressed, and dpkg (in -slim) to leave out documentation and translations. Buildlab's stand-in lacks these settings,
# which make a third of what an `apt-get install` weighs. As debuerreotype's minimizing-config and slimify write them.
APT_SETTINGS = {
    "/etc/apt/apt.conf.d/docker-clean": [
        'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb '
        '/var/cache/apt/*.bin || true"; };',
        'APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb '
        '/var/cache/apt/*.bin || true"; };',
        'Dir::Cache::pkgcache "";',
        'Dir::Cache::srcpkgcache "";',
    ],
    "/etc/apt/apt.conf.d/docker-gzip-indexes": ['Acquire::GzipIndexes "true";'],
    "/etc/apt/apt.conf.d/docker-no-languages": ['Acquire::Languages "none";'],
    "/etc/apt/apt.conf.d/docker-autoremove-suggests": ['Apt::AutoRemove::SuggestsImportant "false";'],
    "/etc/dpkg/dpkg.cfg.d/docker": [
        *(f"path-exclude /usr/share/{path}" for path in
          ("doc/*", "info/*", "linda/*", "lintian/overrides/*", "locale/*", "man/*")),
        "path-include /usr/share/doc/*/copyright",
        "path-include /usr/share/locale/locale.alias",
    ],
}


class Failed(Exception):
    """A sentence that says what didn't work."""


class Lab:
    """The build lab: an engine without a registry, and its stand-ins for the base images."""

    def __init__(self, script):
        self.script = script
        self.stand_ins = {}

    def docker(self, *words, stdin=None):
        done = subprocess.run([self.script, "docker", *words], input=stdin, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"docker {' '.join(words[:3])}: {done.stderr.strip()[-3000:]}")
        return done.stdout

    def has(self, image):
        """Whether the engine has an image of this name."""
        return subprocess.run([self.script, "docker", "image", "inspect", image], capture_output=True).returncode == 0

    def logs(self, box):
        """The last lines that a container wrote, on both of its streams."""
        done = subprocess.run([self.script, "docker", "logs", "--tail", "30", box], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.stdout

    def history(self, image):
        """What made the image, from its base on: (instruction, bytes) each."""
        lines = self.docker("history", "--no-trunc", "--human=false", "--format", "{{json .}}", image).splitlines()
        found = [json.loads(line) for line in reversed(lines)]
        return [(re.sub(r"\s*# buildkit$", "", one["CreatedBy"]), int(one["Size"])) for one in found]

    def stand_in(self, base):
        """The image that stands for `base` in the builds, made from the lab's own."""
        if base not in self.stand_ins:
            tag = base
            if re.search(r"bookworm|debian|slim", base):
                tag = "plimsoll-weigh-" + re.sub(r"[^a-z0-9.]+", "-", base)
                text = f"FROM {base}\n{apt_settings()}"
                self.docker("buildx", "build", "--network", "host", "--provenance=false", "-t", tag, "-", stdin=text)
            self.stand_ins[base] = tag
        return self.stand_ins[base]

    def build(self, folder, dockerfile, base, target, tag):
        """Builds one stage, the last one where `target` is None: BuildKit knows stages by name only."""
        stand_in = self.stand_in(base)
        context = [] if stand_in == base else ["--build-context", f"{base}=docker-image://{stand_in}"]
        self.docker("buildx", "build", "--progress=plain", "--network", "host", "--provenance=false", *context,
                    *(["--target", target] if target else []), "-t", tag, "-f", dockerfile, folder)

    def npm(self, base, folder):
        """Copies the npm of a base image to `folder`; returns the words that start it."""
        box = self.docker("create", base).strip()
        try:
            self.docker("cp", f"{box}:/usr/local/lib/node_modules/npm", folder)
        finally:
            self.docker("rm", box)
        return ["node", os.path.join(folder, "bin", "npm-cli.js")]

    def layers(self, image):
        """The names and sizes of the files in each layer, base first. A removal has None for its size."""
        found, order = {}, []
        with subprocess.Popen([self.script, "docker", "save", image], stdout=subprocess.PIPE) as saving:
            with tarfile.open(fileobj=saving.stdout, mode="r|") as whole:
                for member in whole:
                    if member.name == "manifest.json":
                        order = json.load(whole.extractfile(member))[0]["Layers"]
                    elif member.isfile() and (member.name.startswith("blobs/") or member.name.endswith("layer.tar")):
                        files = layer_files(whole.extractfile(member))
                        if files is not None:
                            found[member.name] = files
        return [found.get(name, []) for name in order]


def layer_files(stream):
    try:
        with tarfile.open(fileobj=stream, mode="r|") as layer:
            files = []
            for member in layer:
                name = member.name
                if os.path.basename(name).startswith(".wh."):
                    files.append((name, None))
                elif member.isfile():
                    # npm's cache names its files by their hash: only the content tells packages and metadata apart
                    if "/_cacache/content-v2/" in name and layer.extractfile(member).read(2) != b"\x1f\x8b":
                        name = name.replace("/content-v2/", "/metadata/")
                    files.append((name, member.size))
            return files
    except tarfile.ReadError:
        return None  # a configuration, not a layer


def apt_settings():
    """APT_SETTINGS as an instruction."""
    writes = [f"printf '%s\\n' {' '.join(map(quoted, lines))} > {path}" for path, lines in APT_SETTINGS.items()]
    return "RUN " + " \\\n && ".join(writes) + "\n"


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def stages(dockerfile):
    """The stages of a Dockerfile that has each FROM in one line, by name or else number."""
    with open(dockerfile, encoding="utf-8") as file:
        lines = re.findall(r"(?im)^FROM\s+(\S+)(?:\s+AS\s+(\S+))?\s*$", file.read())
    return [name or str(index) for index, (_, name) in enumerate(lines)]


def packages(folder):
    """What the lockfile says of each installed package: path → "production", "development" or "optional"."""
    try:
        with open(os.path.join(folder, "package-lock.json"), encoding="utf-8") as file:
            entries = json.load(file)["packages"]
    except OSError:
        return {}
    def kind(entry):
        if entry.get("dev") or entry.get("devOptional"):
            return "development"
        return "optional" if entry.get("optional") else "production"
    return {path: kind(entry) for path, entry in entries.items() if path}


def content(files, kinds):
    """The bytes of a layer by what they are."""
    sums = {}
    def add(name, count):
        sums[name] = sums.get(name, 0) + count
    for path, size in files:
        if size is None:
            add("removals", 1)
            continue
        add("files", 1)
        path = "/" + path.lstrip("./")
        at = path.find("/node_modules/")
        if "/.next/cache/" in path:
            add(".next/cache", size)
        elif "/.next/" in path:
            below = path.split("/.next/", 1)[1].split("/", 1)
            add(f".next/{below[0]}" if len(below) > 1 else ".next, its own files", size)
        elif at >= 0 and not path.startswith("/usr/local/"):
            own = path[at + 1:]
            while own and own not in kinds:
                own = own.rpartition("/")[0]
            add("node_modules", size)
            add("node_modules, " + kinds.get(own, "in no lockfile"), size)
        elif re.match(r"/(root|home/[^/]+)/\.npm/", path):
            add("npm cache", size)
            part = re.search(r"/\.npm/(?:_cacache/)?([^/]+)", path)
            add("npm cache, " + {"content-v2": "packages", "index-v5": "index"}.get(part[1], part[1].strip("_")), size)
        elif path.startswith("/var/lib/apt/lists/"):
            add("apt lists", size)
        elif path.startswith("/var/cache/"):
            add("/var/cache", size)
        elif path.startswith("/var/lib/dpkg/"):
            add("dpkg database", size)
        elif re.match(r"/(usr|lib|bin|sbin|etc|var|opt)/", path):
            add("system", size)
        elif path.startswith("/tmp/"):
            add("/tmp", size)
        else:
            add("other", size)
    return sums


def measure(lab, folder, name, dockerfile, base, look_inside):
    """Builds every stage of `dockerfile` in `folder`. The steps of each stage are those of its whole chain above the
    base image, metadata too: as many as the Dockerfile has instructions there."""
    path = os.path.join(folder, dockerfile)
    found = {"base": base, "stages": []}
    before = lab.history(lab.stand_in(base))
    found["base_bytes"] = sum(size for _, size in before)
    base_layers = len(lab.layers(lab.stand_in(base))) if look_inside else 0
    kinds = packages(folder)
    names = stages(path)
    for stage in names:
        tag = f"plimsoll-weigh-{name}:{stage}"
        lab.build(folder, path, base, None if stage == names[-1] else stage, tag)
        history = lab.history(tag)[len(before):]
        steps = [{"by": by, "bytes": size} for by, size in history]
        if look_inside:
            layers = iter(lab.layers(tag)[base_layers:])
            for step in steps:
                if step["bytes"] or step["by"].startswith("WORKDIR"):
                    step["content"] = content(next(layers, []), kinds)
        found["stages"].append({"name": stage, "image": tag, "steps": steps})
    last = found["stages"][-1]
    found["image_bytes"] = found["base_bytes"] + sum(step["bytes"] for step in last["steps"])
    return found
