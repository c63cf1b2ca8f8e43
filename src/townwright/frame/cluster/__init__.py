"""Rulebooks on Apache Spark: the stages of a run as Spark's joins and group-bys, and the evaluator itself over Arrow batches.

No web framework here: the row by row part is loaded by the cluster's own Python processes.
"""
