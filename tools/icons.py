"""`make icons`: the pictures that a device shows for the installed pages, drawn from service/web/icon.svg by
Chromium."""

from __future__ import annotations

from pathlib import Path

from evals.page_bench.chromium import chromium

WEB = Path(__file__).parent.parent / "service" / "web"
SIZES = (192, 512)


def main() -> None:
    """Draw every size."""
    drawing = (WEB / "icon.svg").read_text("utf-8")
    with chromium() as browser:
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block; width: {size}px }}</style>{drawing}")
            page.screenshot(path=WEB / f"icon-{size}.png")
            page.close()


if __name__ == "__main__":
    main()
