"""Speed and quality beside peers and against gold. Each module is a command: `python -m benchmarks.NAME`."""
