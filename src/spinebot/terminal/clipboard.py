"""The clipboard of the desktop."""

from __future__ import annotations


def copied(text: str) -> str:
    """What to say where the desktop took `text`, else ""."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return ""
    return "Copied."
