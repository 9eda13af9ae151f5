"""Is it right? Scores, checks, report and review. Imports data and models."""
