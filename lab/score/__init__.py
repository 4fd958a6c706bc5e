"""Scores the program's reports of labelled captures. Needs Python's standard library only."""
