"""One kit for child processes: workers, the writer and the validator are built on it.

`channel` frames the messages; `boot` starts a child; `supervisor` is the parent's side: deadline,
kill, reap, restart with back-off; `zygote` forks ready children; `confinement` and `seccomp` are
the sandbox.
"""
