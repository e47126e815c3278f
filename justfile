# Everyday commands; `just` lists them.

_default:
    @just --list

# Everything that CI checks before the tests
check:
    uv run ruff check
    uv run ruff format --check
    uv run basedpyright
    uv run lint-imports

# Put the code into shape
fix:
    uv run ruff check --fix
    uv run ruff format

# The default suite, on all cores
test *ARGS:
    uv run pytest {{ARGS}}

# What takes minutes: kill loops, sweeps, long films
test-long *ARGS:
    uv run pytest -m long {{ARGS}}

# The vendors' own SDKs against the simulator
conformance *ARGS:
    uv run --group conformance pytest -m conformance tests/conformance {{ARGS}}

# A film under ZenML and under Ray, in an environment of their own: they bring fifty more libraries
test-engines *ARGS:
    UV_PROJECT_ENVIRONMENT=.venv-engines uv run --extra zenml --extra ray pytest -n 0 -m engines {{ARGS}}

# Measure; `just bench` lists what there is
bench *ARGS:
    uv run python -m benchmarks {{ARGS}}

# Write the lock and its pins after a change of pyproject.toml; `-P NAME` lets NAME move to its newest version, `-U` all
lock *ARGS:
    python3 tools/lock.py {{ARGS}}

# Whether the lock is what a resolution of today comes to
lock-check:
    python3 tools/lock.py --check

# Both ends of the wheel's ranges
wheel:
    .ci/wheel

# Write the parts of the documentation that are made from the code
docs:
    uv run python docs/reference/commands.py
    uv run python docs/reference/transitions.py
    uv run python docs/reference/events.py
