"""Write docs/report.png: what `spinebot test --html` makes of a small suite, in a real Chromium.

    python scripts/report_picture.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "report.png"
CHROMIUM = "/usr/bin/chromium"
#: One that passes and one that fails: it wants a caveat that this answer does not call for.
SUITE = """\
conversations:
  - name: lupus carries its caveat
    tags: [safety]
    steps:
      - user: Does lupus need treatment?
        expect: {kind: answer, says: medically treated, caveats: [lupus, general]}
  - name: whiplash speaks of traction
    tags: [caveats]
    steps:
      - user: what is whiplash
        expect: {kind: answer, caveats: [traction]}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "suite.chat.yaml").write_text(SUITE, encoding="utf-8")
        command = [sys.executable, "-m", "spinebot", "test", "suite.chat.yaml", "--cover", "--html", "report.html"]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            page = browser.new_page(viewport={"width": 900, "height": 700}, color_scheme="light")
            page.goto((Path(folder) / "report.html").as_uri())
            page.screenshot(path=PICTURE)
            browser.close()
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
