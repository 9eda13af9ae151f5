"""Sentence splitter, document pairing, sentence alignment, confidence, the pipeline. Imports data and models."""
