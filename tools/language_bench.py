"""Time the language checker: import, first use, 2,000 characters, 100,000 characters.

python tools/language_bench.py
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from education.language import check

IMPORT = "import time; t = time.process_time(); import education.language; print(time.process_time() - t)"


def sample(size):
    """Return so many characters of the project's own example sentences."""
    rows = (ROOT / "tests/data/language_own.tsv").read_text(encoding="utf-8").splitlines()[1:]
    # Every seventh line, so that harmful and innocent sentences take turns.
    lines = [rows[(number * 7) % len(rows)].split("\t")[0] for number in range(size // 20)]
    return " ".join(lines)[:size]


def milliseconds(text, times):
    """Return the median time of a check, in milliseconds."""
    took = []
    for _ in range(times):
        began = time.process_time()
        check(text)
        took.append(time.process_time() - began)
    return 1000 * sorted(took)[len(took) // 2]


def main():
    """Print the figures."""
    took = subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    print(f"import                {1000 * float(took.stdout):8.1f} ms")
    print(f"first check           {milliseconds('Your back is strong.', 1):8.1f} ms")
    print(f"2,000 characters      {milliseconds(sample(2000), 50):8.1f} ms")
    print(f"100,000 characters    {milliseconds(sample(100_000), 3):8.1f} ms")
    for hard in ("not ", '"', "your back is unstable and ", "worn out ", "a'"):
        text = (hard * 100_000)[:100_000]
        print(f"100,000 of {hard!r:30} {milliseconds(text, 1):8.1f} ms")


if __name__ == "__main__":
    main()
