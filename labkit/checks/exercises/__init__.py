"""The judges of each lesson, one module per lesson; see ``docs/writing-lessons.md``."""
