"""Keeping documents, saying otherwise of them, removing them, and what the worker does about them."""

from app.files.actions.changing import edit_file, move_files, remove_file, restore_file
from app.files.actions.keeping import keep_file, keep_files
from app.files.actions.reading import note_reading

__all__ = ["edit_file", "keep_file", "keep_files", "move_files", "note_reading", "remove_file", "restore_file"]
