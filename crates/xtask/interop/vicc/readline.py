"""Imported by vicc for the questions it asks a person; ours are answered before."""
