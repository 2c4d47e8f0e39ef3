"""What the sources must not hold, read from the files themselves."""

import ast
import re
import subprocess
import sys
import tomllib

from allauth.account import signals as allauth_signals
from django.conf import settings
from django.contrib.auth import signals as auth_signals
from django.core.management import call_command
from django.db.backends.signals import connection_created
from django.db.models import signals as model_signals

ROOT = settings.BASE_DIR
OURS = ("painconsult", "consults", "education")


def files(
    *suffixes, folders=(*OURS, "templates", "static", "tests", "tools", "docs"), without=("static/vendor",)
):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in sorted(filter(None, listed)):
        if name.endswith(suffixes) and not name.startswith(without) and (ROOT / name).is_file():
            yield name, (ROOT / name).read_text(encoding="utf-8")


def lines_with(pattern, *suffixes, **where):
    """["file:line: text"] of every line that holds the pattern."""
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in files(*suffixes, **where)
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(pattern, line)
    ]


# --- Every read of clinical data starts at for_user -------------------------------------------

# Who else reads in a view, and why it may.
READS_THAT_MAY = {
    "consults/views/doors.py": {
        "saves": "a count beside the visit that for_user gave",
    },
    "consults/views/clients.py": {
        "visits_of": "steps of visits of a client that came from for_user",
    },
    "consults/views/people.py": {
        "held": "a subquery of clients that came from for_user",
        "open_visit": "a subquery of clients that came from for_user",
        "next_date": "a subquery of clients that came from for_user",
        "dates_due": "the dates of clients that came from for_user",
        "towards": "a subquery of rows that came from for_user",
        "follow_up_agreed": "a subquery of clients, or of visits, that came from for_user",
        "follow_ups_waiting": "asked of clients that came from for_user",
    },
    "consults/views/caseload.py": {
        "as_listed": "filtered by for_user, or by ids that came from it",
        "as_dated": "the clients of dates that came from for_user",
        "open_visits_of": "steps of visits that came from for_user",
        "left_open": "filtered by for_user",
    },
    "consults/views/needs.py": {
        "what_they_need": "subqueries of clients that came from for_user",
    },
    "consults/views/progress.py": {
        "what_is_told": "filtered by ids that came from for_user",
        "thin_steps": "steps of visits whose ids came from for_user",
        "steps_done": "steps of visits whose ids came from for_user",
    },
    "consults/views/plans.py": {
        "only_clinic": "the one clinic of this site, for a visitor whose link is not opened or opens nothing",
    },
}


def unscoped_reads(name, text):
    """(function, line) of each `.objects` that is not followed by `.for_user(`."""
    tree = ast.parse(text)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager"):
            above = parents[node]
            if isinstance(above, ast.Attribute) and above.attr == "for_user":
                continue
            function = above
            while not isinstance(function, ast.FunctionDef | ast.Module):
                function = parents[function]
            yield getattr(function, "name", "module"), node.lineno


def test_a_view_reads_clinical_data_only_through_for_user():
    found = {}
    for name, text in files(".py", folders=("consults/views", "consults/forms.py", "consults/exports")):
        for function, line in unscoped_reads(name, text):
            if function not in READS_THAT_MAY.get(name, {}):
                found[f"{name}:{line}"] = function
    # the staff of the person's own clinic, to choose a therapist from
    found = {where: function for where, function in found.items() if function != "__init__"}
    assert found == {}


def test_what_may_read_otherwise_is_still_there():
    """An entry of the list above that nothing needs any more is a hole waiting for a new read."""
    for name, functions in READS_THAT_MAY.items():
        text = (ROOT / name).read_text()
        assert set(functions) <= {function for function, _ in unscoped_reads(name, text)}, name


def test_views_do_not_write():
    writes = r"\.(save|create|bulk_create|update|delete|get_or_create|update_or_create)\("
    assert lines_with(writes, ".py", folders=("consults/views",)) == []


def test_only_actions_open_transactions():
    found = lines_with(r"transaction\.|atomic", ".py", folders=("consults",))
    assert [
        line for line in found if not line.startswith(("consults/actions/", "consults/management/"))
    ] == []


# --- Input and output -------------------------------------------------------------------------

RAW_FIELDS = {
    "IntegerField",
    "DecimalField",
    "FloatField",
    "DateField",
    "DateTimeField",
    "ChoiceField",
    "CharField",
}
RAW_FIELDS |= {"MultipleChoiceField", "TypedChoiceField", "ModelChoiceField", "BooleanField", "ModelForm"}


def test_no_form_uses_a_field_that_reads_numbers_and_dates_loosely():
    found = []
    for name, text in files(".py", folders=OURS):
        if "/models" in name or "/migrations/" in name:
            continue
        for node in ast.walk(ast.parse(text)):
            raw = isinstance(node, ast.Attribute) and node.attr in RAW_FIELDS
            if raw and isinstance(node.value, ast.Name) and node.value.id == "forms":
                found.append(f"{name}:{node.lineno}: {node.attr}")
    assert found == []


def test_nothing_is_marked_safe_but_our_own_drawings():
    marks = r"mark_safe|SafeString\(|Markup\(|\|\s*safe\b|format_html|safeseq"
    found = lines_with(marks, ".py", ".html", ".jinja", folders=(*OURS, "templates"))
    assert [line for line in found if not line.startswith("painconsult/ui/templatetags/ui.py")] == []


def test_only_the_keys_of_a_scale_are_not_escaped():
    """They are numbers of ours, six hundred on a page."""
    found = lines_with(r"autoescape (off|false)", ".html", ".jinja", folders=(*OURS, "templates"))
    assert {line.partition(":")[0] for line in found} == {
        "templates/ui/conviction.jinja",
        "templates/ui/scale.jinja",
    }


BROWSER_STORES = r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker"


def test_nothing_clinical_is_kept_in_the_browser():
    assert lines_with(BROWSER_STORES, ".js", ".html", ".jinja", folders=("static", "templates")) == []


def test_no_script_makes_code_or_markup_from_text():
    pattern = r"\beval\(|new Function|document\.write|innerHTML\s*[+]?=|outerHTML\s*=|insertAdjacentHTML|setTimeout\(\s*['\"]"
    found = lines_with(pattern, ".js", folders=("static",))
    drawing = re.compile(r'innerHTML = icon\("[a-z]+"\);')  # one of our own drawings, by its name
    assert [line for line in found if not drawing.search(line)] == []


def test_templates_hold_no_inline_style_script_or_handler():
    pattern = (
        r"""\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=["']|javascript:|hx-on|hx-vals=["']js|hx-vars"""
    )
    found = lines_with(pattern, ".html", ".jinja", ".txt", folders=("templates", *OURS))
    assert [line for line in found if "<svg" not in line or " style=" in line] == []


def test_every_swap_is_spelled_as_htmx_spells_it():
    """htmx reads `outerHtml` as innerHTML, without a word."""
    allowed = {"innerHTML", "outerHTML", "none", "innerHTML show:none", "innerHTML show:window:top"}
    used = set()
    for _, text in files(".html", ".jinja", folders=("templates", *OURS)):
        used |= set(re.findall(r"""hx-swap=["']([^"']*)["']""", text))
    assert used <= allowed
    assert used


def test_every_form_that_posts_has_its_token():
    without = []
    for name, text in files(".html", folders=("templates",)):
        for form in re.findall(r"(?s)<form\b[^>]*method=\"post\".*?(?=</form>)", text):
            if "csrf_token" not in form and not name.endswith(("plan/door.html", "plan/closed.html")):
                without.append(name)
    assert without == []


def test_a_link_to_another_site_says_so():
    pattern = r'href="https?://'
    assert lines_with(pattern, ".html", ".jinja", folders=("templates",)) == []


# --- Imports ----------------------------------------------------------------------------------


def test_imports_run_one_way():
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_arithmetic_and_the_content_need_no_database():
    for module in ("consults.scoring", "education.library"):
        code = f"import sys; import {module}; print(any(m.startswith('django.db') for m in sys.modules))"
        told = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert told.stdout == "False\n", module


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)
    lines = [line.strip() for line in text.splitlines()]
    unexplained = []
    for requirement in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
        at = next(n for n, line in enumerate(lines) if line.startswith(f'"{requirement}"'))
        if not lines[at - 1].startswith("#"):
            unexplained.append(requirement)
    assert unexplained == []


# --- Django -----------------------------------------------------------------------------------


def test_no_change_of_a_model_is_without_its_migration(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def ours_only(signal):
    """Names of our receivers of a signal."""
    found = []
    for entry in signal.receivers:
        receiver = entry[1]
        target = (
            receiver()
            if hasattr(receiver, "__self__") is False and not hasattr(receiver, "__name__")
            else receiver
        )
        if getattr(target, "__module__", "").startswith(OURS):
            found.append(f"{target.__module__}.{target.__name__}")
    return sorted(found)


def test_signals_are_received_only_where_the_design_allows_it():
    """Sign-in events, the database's notices, and the triggers around migrations: nothing else."""
    may = {
        "user_logged_in",
        "user_logged_out",
        "password_reset",
        "post_migrate",
        "pre_migrate",
        "connection_created",
    }
    seen = {}
    for module in (model_signals, auth_signals, allauth_signals):
        for name, signal in vars(module).items():
            if hasattr(signal, "receivers") and (mine := ours_only(signal)):
                seen[name] = mine
    if mine := ours_only(connection_created):
        seen["connection_created"] = mine
    assert set(seen) <= may
    assert seen["post_migrate"] == ["painconsult.audit.triggers.install"]
    assert seen["password_reset"] == ["painconsult.accounts.receivers.password_reset"]


def test_no_file_names_a_machine_or_a_folder_outside_the_repository():
    pattern = r"(?<![\w/])/(work|home|root|Users)/|\.\./shared|shared/(design|clinical|style|stack|safety|field|seeds)"
    found = lines_with(
        pattern,
        ".py",
        ".html",
        ".jinja",
        ".js",
        ".css",
        ".md",
        ".toml",
        ".txt",
        ".yml",
        ".sh",
        ".cfg",
        folders=(".",),
    )
    assert [line for line in found if not line.startswith(("tests/test_sources.py", "uv.lock"))] == []


def test_every_class_of_the_style_sheet_is_used():
    """Parts that nothing shows are everybody's download. `g1` to `g5` are counted by the drawing of the brain."""
    css = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", (ROOT / "static" / "look.css").read_text(), flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", css)) - {f"g{n}" for n in range(1, 6)}
    # In a template a class stands in its attribute or in the block of the body's class; in code, in quotes.
    in_templates = r'class="((?:\{[%{].*?[%}]\}|[^"])*)"|body_class %\}(.*?)\{%'
    in_code = r"""["'`]([^"'`\n]*)["'`]"""
    used = set()
    for folder in ("templates", "consults", "painconsult", "static"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".html", ".jinja", ".py", ".js") and "vendor" not in path.parts:
                pattern = in_templates if path.suffix in (".html", ".jinja") else in_code
                told = [" ".join(match.groups("")) for match in re.finditer(pattern, path.read_text())]
                used.update(re.findall(r"[\w-]+", " ".join(told)))
    assert classes - used == set()
