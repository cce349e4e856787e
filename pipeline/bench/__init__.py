"""Side by side with the tools a user would pick instead: the same files, one run, CPU seconds.

`documents` (with truth) and `peers` (their environments) -> `comparison`, which feeds each file to every tool
in turn (`tool_process`, `tools/`), judges the answers (`accuracy`) and lets documents grow (`growth`) ->
results.json -> `results_page` and `results_plot`. benchmarks/README.md says how to read it.
"""
