"""Scripted conversations: written, played, reported, measured, and saved ones proved."""
