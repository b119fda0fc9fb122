#!/usr/bin/env python3
"""Starts an image as it is, with nothing set, and asks it for paths, from inside its own network.

    serve.py LAB IMAGE [--port N] [PATH...]

LAB is the folder's lab.sh. The container has a network of its own, with nothing but the loopback in it: the port, the
address and the container's name are the image's own affair, as they would be in a cluster, and no port of this machine
is taken. Besides each PATH the page is asked for, and what it names first of /_next/static and of /_next/image. A health
check is waited for. Prints JSON; exits with 1 where something doesn't answer with 200 or isn't healthy.
"""
import json
import sys
import time

from truth import Failed, Lab

# Runs in the container, by Node.js or Bun. The page may take a while to be there, the rest not.
ASK = r"""
const { port, wait, paths } = JSON.parse(process.env.ASK);
const fetched = {}, began = Date.now(), pause = (ms) => new Promise((done) => setTimeout(done, ms));
const get = async (path) => {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(30000) });
  const body = Buffer.from(await reply.arrayBuffer());
  const title = /<title>(.*?)<\/title>/.exec(body.toString("latin1"));
  fetched[path] = { status: reply.status, bytes: body.length, type: reply.headers.get("content-type"), title: title && title[1] };
  return body.toString("utf8");
};
(async () => {
  let page = null, error = null;
  while (page === null && Date.now() - began < wait * 1000) {
    page = await get("/").catch((fault) => ((error = String(fault.cause || fault)), null));
    if (page === null) await pause(100);
  }
  if (page === null) return { fetched, error: `no answer on port ${port}: ${error}` };
  const named = (pattern) => (pattern.exec(page) || [])[1];
  const asset = named(/"(\/_next\/static\/[^"]+?\.(?:js|css)[^"]*)"/);
  const image = named(/ src="(\/_next\/image\?url=[^"]+)"/);
  const more = [asset, image].filter(Boolean).map((path) => path.replace(/&amp;/g, "&"));
  for (const path of [...paths, ...more]) {
    await get(path).catch((fault) => (fetched[path] = { status: 0, error: String(fault.cause || fault) }));
  }
  return { fetched, asset: more[0], image: image && more[more.length - 1] };
})().then((found) => console.log(JSON.stringify(found)));
"""
WAIT = 90


def port_of(config):
    """Where the image says that it listens: PORT, else what it exposes, else 3000."""
    environment = dict(pair.partition("=")[::2] for pair in config.get("Env") or [])
    exposed = sorted(int(port.partition("/")[0]) for port in config.get("ExposedPorts") or {})
    return int(environment.get("PORT") or (exposed or [3000])[0])


def state(lab, box):
    return json.loads(lab.docker("inspect", "-f", "{{json .State}}", box))


def health(lab, box):
    """What Docker says of the health check once it has made up its mind."""
    until = time.monotonic() + WAIT
    while True:
        found = state(lab, box)
        status = found["Health"]["Status"]
        if status != "starting" or not found["Running"] or time.monotonic() > until:
            return {"status": status, "said": (found["Health"].get("Log") or [{}])[-1].get("Output", "").strip()[-300:]}
        time.sleep(0.5)


def serve(lab, image, port, paths):
    config = json.loads(lab.docker("image", "inspect", image))[0]["Config"]
    port = port or port_of(config)
    out = {"image": image, "port": port, "ok": False, "fetched": {}}
    box = lab.docker("run", "-d", "--network", "none", image).strip()
    try:
        ask = json.dumps({"port": port, "wait": WAIT, "paths": [path for path in paths if path != "/"]})
        try:
            said = lab.docker("exec", "-e", f"ASK={ask}", box, "node", "-e", ASK)
            out.update(json.loads(said.strip().splitlines()[-1]))
        except (Failed, ValueError, IndexError) as failed:
            out["error"] = f"couldn't be asked: {failed}"
        answered = all(one["status"] == 200 for one in out["fetched"].values()) and "error" not in out
        if answered and config.get("Healthcheck"):
            out["health"] = health(lab, box)
        if state(lab, box)["Running"]:
            top = lab.docker("top", box, "-o", "pid,uid,args").splitlines()[1:]
            out["users"] = sorted({int(line.split(None, 2)[1]) for line in top})
            began = time.monotonic()
            lab.docker("stop", "-t", "10", box)
            out["seconds_to_stop"] = round(time.monotonic() - began, 1)
        out["exit_code"] = state(lab, box)["ExitCode"]
        out["ok"] = answered and out.get("health", {}).get("status", "healthy") == "healthy"
        if not out["ok"]:
            out["log"] = lab.logs(box)
    finally:
        lab.docker("rm", "-f", box)
    return out


def main(words):
    port = None
    if "--port" in words:
        at = words.index("--port")
        port = int(words[at + 1])
        words = words[:at] + words[at + 2 :]
    if len(words) < 2:
        sys.exit(__doc__)
    out = serve(Lab(words[0]), words[1], port, words[2:])
    json.dump(out, sys.stdout, indent=2)
    print()
    return 0 if out["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
