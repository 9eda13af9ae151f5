"""Things with weights: sentence encoders, similarity, translators, quality estimation. Imports data."""
