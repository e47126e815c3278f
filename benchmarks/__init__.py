"""What is measured and not asserted: speed, memory, and how we stand beside others. See ``python -m benchmarks``."""
