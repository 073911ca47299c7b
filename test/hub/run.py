#!/usr/bin/env python3
"""make hub: pulls the document of a real Hub in its many forms, and runs the Hub's story against it.

Each form gets a copy of the tree: the refresh, the tests that depend on the document, and the steps
of `make demo` against the Hub. The arguments choose forms by name; without any, all are played.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

PACKAGES = {
    "django": "python3-django", "rest_framework": "python3-djangorestframework",
    "rest_framework_simplejwt": "python3-djangorestframework-simplejwt",
    "rest_framework_api_key": "python3-djangorestframework-api-key",
    "drf_spectacular": "python3-djangorestframework-spectacular",
}
FORMS = {  # the arguments of realhub
    "as drf-spectacular writes it": [],
    "with refresh tokens that rotate": ["--rotate"],
    "with a job described fully": ["--variant", "described"],
    "with untyped serializer methods": ["--variant", "untyped", "--rotate"],
    "with bodies of their own": ["--variant", "split"],
    "as Swagger 2": ["--variant", "swagger2", "--rotate"],
    "as OpenAPI 3.1": ["--variant", "openapi31"],
    "in another language": ["--language", "de", "--rotate"],
    "behind a prefix": ["--prefix", "hub/"],
}
LATER = ["--later"]
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GO = os.environ.get("GO", "go")
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
TESTED = ["./specs/...", "./gen/ngeneaapi/...", "./overlay/internal/simulator/...", "./overlay/ngenea/..."]


class Failed(Exception):
    pass


def run(*command, cwd, limit=1800, **environment):
    """Runs a command and returns its output."""
    env = {**os.environ, "GOFLAGS": "-trimpath -buildvcs=false", **environment}
    done = subprocess.run(command, cwd=cwd, env=env, text=True, timeout=limit, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failed(" ".join(map(str, command)) + "\n" + done.stdout)
    return done.stdout


class Hub:
    """A Hub as a process, in a with statement."""

    def __init__(self, arguments):
        self.command = [PYTHON, "-B", "-m", "realhub", *arguments]

    def __enter__(self):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(self.command, cwd=HERE, text=True, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.log.seek(0)
            raise Failed("the Hub does not start:\n" + self.log.read())
        self.address = line.split()[-1]
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Steps:
    def __init__(self):
        self.all, self.held = 0, 0

    def step(self, name, call):
        """Runs a step, prints its outcome, and returns whether it held."""
        self.all += 1
        began = time.monotonic()
        try:
            detail = call()
        except (Failed, subprocess.TimeoutExpired) as failure:
            print(f"✗ {name}  {time.monotonic() - began:.0f} s\n    " + "\n    ".join(str(failure).splitlines()[-200:]), flush=True)
            return False
        self.held += 1
        print(f"✓ {name}  {time.monotonic() - began:.0f} s  {detail}", flush=True)
        return True


def copy_of_tree(folder):
    for name in subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True, check=True, stdout=subprocess.PIPE).stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def refresh(copy, hub):
    out = run(GO, "run", "./specs/refresh", "upgrade", "-from", hub.address + "api/docs/", "-quick", "ngenea", cwd=copy)
    (copy / "refresh.txt").write_text(out)
    verdict = re.search(r"^(SAFE|NOT SAFE|nothing changed).*", out, re.MULTILINE)
    operations = re.search(r"effective.json: (\d+) operations", out)
    if not verdict:
        raise Failed("there is no verdict:\n" + out)
    return f"{operations.group(1) if operations else 'no new'} operations; {verdict.group()}"


def story(copy, hub):
    out = run(GO, "run", "./demo", cwd=copy / "test", REAL_HUB=hub.address)
    return out.splitlines()[-1]


def tests(copy):
    run(GO, "vet", "./...", cwd=copy)
    run(GO, "run", "./specs/refresh", "check", "ngenea", cwd=copy)
    run(GO, "run", "./specs/refresh", "drift", cwd=copy)
    run("git", "init", "-q", cwd=copy)  # the checks of patches ask git which files there are
    run(GO, "test", *TESTED, cwd=copy)
    run(GO, "vet", "./...", cwd=copy / "test")
    run(GO, "test", "./conformance", "./demo", "./house", cwd=copy / "test")
    return "green"


def play(steps, form, arguments):
    print(f"\nA Hub's document {form}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="hotcold-hub-") as folder, Hub(arguments) as hub:
        copy = pathlib.Path(folder)
        copy_of_tree(copy)
        if steps.step("refresh", lambda: refresh(copy, hub)):
            steps.step("story", lambda: story(copy, hub))
            steps.step("tests", lambda: tests(copy))
        if arguments:
            return
        with Hub(LATER) as later:
            print("\nThe same copy, a later release\n", flush=True)
            if steps.step("refresh", lambda: second(copy, later)):
                steps.step("story", lambda: story(copy, later))
                steps.step("tests", lambda: tests(copy))


def second(copy, hub):
    """A second pull: states the removals as each attempt asks, until it goes through."""
    stated = {"route": [], "type": []}
    while True:
        try:
            return f"{len(stated['route']) + len(stated['type'])} lines stated; " + refresh(copy, hub)
        except Failed as failure:
            asked = re.findall(r"^\s*(\{(route|type): .*removed: .*\})$", str(failure), re.MULTILINE)
            asked = [(line, kind) for line, kind in asked if line not in stated[kind]]
            if not asked:
                raise
        for line, kind in asked:
            stated[kind].append(line)
        text = ""
        for title, lines in (("operations", stated["route"]), ("types", stated["type"])):
            text += title + ":\n" + "".join(f"  - {line}\n" for line in lines) if lines else ""
        (copy / "specs/ngenea/changes.yaml").write_text(text)


def missing():
    probe = "import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if not u.find_spec(m)])"
    return subprocess.run([PYTHON, "-c", probe, *PACKAGES], text=True, stdout=subprocess.PIPE).stdout.split()


def main():
    if absent := missing():
        sys.exit("hub: install what is missing: apt-get install " + " ".join(PACKAGES[name] for name in absent))
    steps, wanted = Steps(), sys.argv[1:]
    with Hub(["--rotate"]) as hub:
        print("The SDK as it is\n", flush=True)
        steps.step("story", lambda: story(ROOT, hub))
    for form, arguments in FORMS.items():
        if not wanted or any(word in form for word in wanted):
            play(steps, form, arguments)
    print(f"\n{steps.held} of {steps.all} steps held")
    sys.exit(steps.held != steps.all)


main()
