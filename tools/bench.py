"""The budgets, measured: `make bench`. A report, never a test: it always ends well, unless --check finds
more queries than allowed.

Each database gets a process of its own: SQLite on a file in var/, PostgreSQL through tools/with_postgres.
There a clinic grows from 10 clients to 1,000 and to --large; at each size every page is asked for through
the WSGI application, in turn with the floor of tools/bench_floor.py, so that a busy machine slows both.
"""

import argparse
import io
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
SMALL, MIDDLE = 10, 1_000
NO_POSTGRES = 69
CSRF = "b" * 32


@dataclass(frozen=True)
class Page:
    """What is measured. Zero: no budget of that kind."""

    name: str
    queries: int
    times_floor: int
    as_user: str = "therapist@demo.example"
    is_save: bool = False
    is_swap: bool = False


PAGES = (
    Page("step page", 12, 2, as_user="nurse@demo.example"),
    Page("step swap", 12, 2, as_user="nurse@demo.example", is_swap=True),
    Page("step save", 20, 4, as_user="nurse@demo.example", is_save=True),
    Page("caseload", 8, 2),
    Page("caseload, whole clinic", 8, 2),
    Page("caseload, search", 8, 2),
    Page("client page", 12, 2),
    Page("progress", 12, 2, as_user="manager@demo.example"),
    Page("plan, as the client", 6, 2, as_user=""),
    Page("review page", 0, 2),
    Page("plan preview", 0, 2),
)
GROWTH = 1.3
WIRE = {"first visit": 80, "later pages": 12, "step swap": 8}


@dataclass
class Measured:
    queries: int = 0
    control: int = 0  # BEGIN, SAVEPOINT and RELEASE: not counted as queries
    bytes: int = 0
    p50: float = 0
    floor: float = 0
    worked: float = 0  # the processor's part of p50, and how many times the floor's it is
    worked_times: float = 0
    statements: list = field(default_factory=list)


# --- one database, in its own process -------------------------------------------------------------------


def measure(options):
    """Fill, ask, and write what was found as JSON."""
    os.environ.update(APP_ENV="test", DJANGO_SETTINGS_MODULE="painconsult.settings")
    sys.path[:0] = [str(ROOT)]
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.ROOT_URLCONF = "bench_floor"
    call_command("migrate", verbosity=0)
    found = {"database": named(connection), "sizes": {}, "filled": {}}
    for size in (SMALL, MIDDLE, options.large):
        began = time.monotonic()
        room = Room(size)
        found["filled"][size] = time.monotonic() - began
        runs = 0 if size == SMALL else options.runs
        found["sizes"][size] = {page.name: asdict(room.measure(page, runs, options.rounds)) for page in PAGES}
        print(f"{found['database']}: {size:,} clients measured", file=sys.stderr, flush=True)
    found["wire"] = room.wire()
    Path(options.measure).write_text(json.dumps(found))


def named(connection):
    if connection.vendor == "sqlite":
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    connection.ensure_connection()
    version = connection.pg_version
    return f"PostgreSQL {version // 10000}.{version % 10000}"


class Room:
    """A clinic of some size, and ways to ask for its pages as a browser would."""

    def __init__(self, size):
        from django.core.wsgi import get_wsgi_application
        from django.db import connection

        from consults.management import filling, seeding
        from consults.models import Consultation

        self.clinic = seeding.seed()
        filling.fill(self.clinic, size, 3 * size, say=lambda words: None)
        if (
            connection.vendor == "postgresql"
        ):  # autovacuum does it within a minute; a fresh clinic waits for it
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        self.app, self.connection = get_wsgi_application(), connection
        visits = Consultation.objects.select_related("client").filter(clinic=self.clinic)
        self.open = self.left_open(seeding)
        self.done = visits.get(client__reference="D-1")
        self.cookies = {page.as_user: self.cookie(page.as_user) for page in PAGES}

    def left_open(self, seeding):
        """Marisol's first visit, three beliefs, as it was before it was completed."""
        from consults.models import Consultation

        case = seeding.read_case("marisol")
        case["client"]["reference"] = "B-1"
        case["visits"][0] |= {"complete": False, "publish": False}
        visits = Consultation.objects.filter(clinic=self.clinic, client__reference="B-1")
        if not visits.exists():
            seeding.add_case(self.clinic, case)
        return visits.select_related("client").get()

    def cookie(self, email):
        from django.test import Client

        from consults.management import seeding
        from painconsult.accounts.models import User

        if email:
            browser = Client()
            browser.force_login(User.objects.get(email=email))
            return f"session={browser.cookies['session'].value}; csrf={CSRF}"
        secret = seeding.fresh_link(self.clinic).split("#")[1]
        reply = self.call("POST", "/p", f"csrf={CSRF}", {"secret": secret})
        return next(re.match(r"[^;]+", value)[0] for name, value in reply.headers if name == "Set-Cookie")

    def call(self, method, address, cookie, posted=None, *, htmx=False):
        path, _, query = address.partition("?")
        body = urlencode(posted or {}, doseq=True).encode()
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": cookie,
            "HTTP_X_CSRFTOKEN": CSRF,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if htmx:
            environ["HTTP_HX_REQUEST"] = "true"
        reply = Reply()
        began, worked = time.perf_counter(), time.thread_time()
        chunks = self.app(environ, reply.start)
        reply.body = b"".join(chunks)
        chunks.close()
        reply.seconds, reply.worked = time.perf_counter() - began, time.thread_time() - worked
        return reply

    def request(self, page):
        """A way to ask for this page once; what a save needs is made ready before the clock starts."""
        step = f"/consultations/{self.open.pk}/beliefs"
        done, client = f"/consultations/{self.done.pk}", f"/clients/{self.done.client_id}"
        method, address = {
            "step page": ("GET", step),
            "step swap": ("GET", step),
            "step save": ("POST", step),
            "caseload": ("GET", "/clients"),
            "caseload, whole clinic": ("GET", "/clients?all=1"),
            "caseload, search": ("POST", "/clients"),
            "client page": ("GET", client),
            "progress": ("GET", "/progress"),
            "plan, as the client": ("GET", "/p/plan"),
            "review page": ("GET", f"{done}/review"),
            "plan preview": ("GET", f"{done}/plan"),
        }[page.name]
        posted = self.saved_again() if page.is_save else {"q": "Graham"} if method == "POST" else None
        return method, address, self.cookies[page.as_user], posted

    def saved_again(self):
        """What a browser posts when each of the three beliefs was asked about anew: every rating is another one."""
        from consults.models import Consultation
        from consults.steps import BY_SLUG
        from consults.steps.page import StepPage

        visit = Consultation.objects.get(pk=self.open.pk)
        row = visit.steps.get(slug="beliefs")
        page = StepPage(BY_SLUG["beliefs"], visit, row)
        posted = dict(page.sheet.data.lists()) | {"belief": [], "base": [row.number], "key": [uuid.uuid4()]}
        for sheet in page.rows["belief"]:
            posted["belief"].append(sheet.row_id)
            posted |= dict(sheet.data.lists())
            posted[sheet.name("impact")] = [str((int(sheet.text("impact")) + 1) % 11)]
        return posted

    def ask(self, page):
        return self.send(page, self.request(page))

    def send(self, page, asked):
        reply = self.call(*asked, htmx=page.is_swap)
        if reply.status != (302 if page.is_save else 200):
            raise SystemExit(f"{page.name}: {reply.status}\n{reply.body[:2000].decode()}")
        return reply

    def ask_floor(self, page, size):
        import bench_floor

        address = f"/bench-floor/{self.open.pk}?client={self.open.client_id}&bytes={size}"
        cookie = self.cookies[page.as_user or "therapist@demo.example"]
        if page.is_save:
            return self.call("POST", address, cookie, bench_floor.POSTED)
        return self.call("GET", address, cookie)

    def measure(self, page, runs, rounds):
        for _ in range(3):
            size = len(self.ask(page).body)
        measured = Measured(bytes=size)
        floor_bytes = max(0, size - len(self.ask_floor(page, 0).body))
        asked = self.request(page)
        with Counted(self.connection) as counted:
            self.send(page, asked)
        measured.statements, measured.control = counted.statements, counted.control
        measured.queries = len(counted.statements)
        medians = []
        for _ in range(rounds if runs else 0):
            pairs = [(self.ask(page), self.ask_floor(page, floor_bytes)) for _ in range(runs)]
            told = [(one.seconds, other.seconds, one.worked, other.worked) for one, other in pairs]
            medians.append([1000 * median(column) for column in zip(*told, strict=True)])
        if medians:
            columns = [median(column) for column in zip(*medians, strict=True)]
            measured.p50, measured.floor, measured.worked, floor_worked = columns
            measured.worked_times = measured.worked / floor_worked
        return measured

    def wire(self):
        """Kilobytes on the wire: pages by brotli 5 as a proxy would, files by brotli 11 as they are stored."""
        import brotli
        from django.contrib.staticfiles import finders

        def packed(body, quality):
            return len(brotli.compress(body, quality=quality))

        pages = {page.name: self.ask(page).body for page in PAGES if not page.is_save}
        first = pages["step page"].decode()
        files, waiting = {}, re.findall(r'(?:href|src)="/static/([^"#?]+)', first)
        while waiting:
            name = waiting.pop()
            if name in files or not (found := finders.find(name)):
                continue
            body = Path(found).read_bytes()
            files[name] = len(body) if name.endswith("woff2") else packed(body, 11)
            if name.endswith(".css"):
                waiting += [
                    os.path.normpath(os.path.join(os.path.dirname(name), target))
                    for target in re.findall(r"url\(['\"]?(?!data:)([^'\")#?]+)", body.decode())
                ]
        pages = {name: packed(body, 5) for name, body in pages.items()}
        later = {name: size for name, size in pages.items() if name != "step swap"}
        return {
            "first visit": pages["step page"] + sum(files.values()),
            "later pages": max(later.values()),
            "step swap": pages["step swap"],
            "pages": pages,
            "files": files,
        }


class Reply:
    def start(self, status, headers, exc_info=None):
        self.status, self.headers = int(status.split()[0]), headers


class Counted:
    """The statements of one request. Those that only open and close transactions are told apart."""

    def __init__(self, connection):
        self.wrapper = connection.execute_wrapper(self)
        self.statements, self.control = [], 0

    def __call__(self, execute, sql, params, many, context):
        if sql.split()[0] in ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"):
            self.control += 1
        else:
            self.statements.append(sql)
        return execute(sql, params, many, context)

    def __enter__(self):
        self.wrapper.__enter__()
        return self

    def __exit__(self, *told):
        self.wrapper.__exit__(*told)


# --- the report -----------------------------------------------------------------------------------------


def run(options):
    """Measure both databases and print the report; True when every query budget is kept."""
    results = []
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        for name in options.databases:
            out = Path(folder) / f"{name}.json"
            asked = [sys.executable, __file__, "--measure", str(out), "--large", str(options.large)]
            asked += ["--runs", str(options.runs), "--rounds", str(options.rounds)]
            told = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
            if name == "postgresql":
                asked = [str(ROOT / "tools" / "with_postgres"), *asked]
            code = subprocess.run(asked, env=told, cwd=ROOT, check=False).returncode  # noqa: S603 - our own
            if code == NO_POSTGRES:
                print("PostgreSQL: not measured, for the reason given above", file=sys.stderr)
            elif code:
                raise SystemExit(code)
            else:
                results.append(json.loads(out.read_text()))
    text = "\n".join(report(results, options))
    print(text)
    if options.write:
        Path(options.write).write_text(text + "\n")
    if options.statements:
        print("\n".join(statements(results[0], options.statements)))
    return all(kept(result, page) for result in results for page in PAGES)


def kept(result, page):
    counts = [size[page.name]["queries"] for size in result["sizes"].values()]
    return not page.queries or max(counts) <= page.queries


def report(results, options):
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"
    yield "# Benchmarks"
    yield ""
    yield f"Measured by `make bench` on {time.strftime('%d %B %Y')}: {machine}, in development."
    yield f"p50 of {options.rounds} rounds of {options.runs} requests after warm-up, milliseconds; the median round. Floor: a page of"
    yield "5 queries, a stock 12-field form and equal bytes; a save of three writes in one transaction (`tools/bench_floor.py`)."
    yield "Processor: how many times the floor's own time on the processor, which other work disturbs less."
    yield "Growth: times the floor here, against the same at 1,000 clients; the floor does not grow, so it is the clock."
    yield "The throwaway PostgreSQL does not wait for its disk; SQLite does."
    for result in results:
        yield from database_report(result, options)
    yield from wire_report(results[-1]["wire"])


def database_report(result, options):
    small, middle, large = (result["sizes"][str(size)] for size in (SMALL, MIDDLE, options.large))
    filled = result["filled"][str(options.large)]
    yield ""
    yield f"## {result['database']}"
    yield ""
    yield f"{options.large:,} clients, {3 * options.large:,} consultations; filled in {filled:.0f} s."
    yield ""
    yield (
        f"| page | queries ({SMALL} / {options.large:,}) | allowed | p50 | floor | times | allowed | processor "
        f"| times at {MIDDLE:,} | growth | |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for page in PAGES:
        few, some, many = small[page.name], middle[page.name], large[page.name]
        times, before = many["p50"] / many["floor"], some["p50"] / some["floor"]
        growth = times / before
        missed = [
            word
            for word, over in (
                ("queries", page.queries and max(few["queries"], many["queries"]) > page.queries),
                ("queries grow", many["queries"] > few["queries"]),
                ("time", times > page.times_floor),
                ("growth", growth > GROWTH),
            )
            if over
        ]
        yield (
            f"| {page.name} | {few['queries']} / {many['queries']} | {page.queries or '–'} "
            f"| {many['p50']:.1f} | {many['floor']:.1f} | {times:.2f} | {page.times_floor} | {many['worked_times']:.2f} "
            f"| {before:.2f} | {growth:.2f} | {'MISSED: ' + ', '.join(missed) if missed else ''} |"
        )
    control = large["step save"]["control"]
    yield ""
    yield f"The step save also opens and closes its transaction and savepoints: {control} short statements, not counted."


def wire_report(wire):
    yield ""
    yield "## On the wire"
    yield ""
    yield "Brotli: pages at 5, as a proxy packs them; files at 11, as they are stored. The font is packed by itself."
    yield ""
    yield "| what | KB | allowed | |"
    yield "| --- | --- | --- | --- |"
    for name, allowed in WIRE.items():
        size = wire[name] / 1000
        yield f"| {name} | {size:.1f} | {allowed} | {'MISSED' if size > allowed else ''} |"
    yield ""
    biggest = sorted(wire["pages"].items(), key=lambda page: -page[1])
    yield "Pages: " + ", ".join(f"{name} {size / 1000:.1f}" for name, size in biggest) + "."
    files = sorted(wire["files"].items(), key=lambda file: -file[1])
    yield "Files: " + ", ".join(f"{name} {size / 1000:.1f}" for name, size in files) + "."


def statements(result, name):
    size = list(result["sizes"].values())[-1]
    yield f"\n{name}:"
    yield from (f"{n:>3} {sql[:400]}" for n, sql in enumerate(size[name]["statements"], start=1))


def main():
    asked = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    asked.add_argument(
        "--large", type=int, default=10_000, help="clients of the large clinic; design: 100000"
    )
    asked.add_argument("--runs", type=int, default=20, help="requests in a round")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    asked.add_argument("--check", action="store_true", help="exit 1 when a query budget is missed")
    asked.add_argument("--write", metavar="FILE", help="keep the report as well")
    asked.add_argument("--statements", metavar="PAGE", help="list the statements of one page")
    asked.add_argument("--measure", metavar="FILE", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.measure:
        measure(options)
    elif not run(options) and options.check:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
