"""Load-bearing Django without town words: scoping, actors, audit, outbox, jobs, permissions, workbooks."""
