"""Texts: core types, languages, normalisation, cleaning, readers, writers, filters. Imports nothing of ours."""
