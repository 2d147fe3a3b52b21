"""Answer queries in worker processes that may be killed at any moment.

`engine`: the entry; `scheduler`: which query runs next, and the limits per client (429); `pool` and
`worker_client`: the workers, seen from the server; `worker`: the program in a worker;
`translation`: parse an answer of a remote store there; `row_limit`, `html_answers`: what a worker
writes; `cache`, `spool`: finished answers, answers on their way; `remote_store`: another endpoint
as the store; `federation`: SERVICE; `crash_diagnosis`: out of memory, or a corrupt store.

Glossary:

- query: what a client asks (`SparqlQuery`), or the call of a function over the data.
- job: what a worker is given to run: the query with its formats and limits (`Job`).
- pending answer: a query on its way, shared by all clients that ask it (`PendingAnswer`).
- answer: the finished bytes, with format, generation and digest (`CachedAnswer`).
- snapshot: an immutable state of the data, in memory or a checkpoint on disk (`Snapshot`).
- generation: the name of a snapshot; part of every ETag.
- worker: a confined process that runs one job at a time (`Worker`; here `WorkerProcess`).
- spare: a worker forked ahead, which waits for a job (`Pool`).
- zygote: the process that holds a snapshot and forks workers (`processes.zygote`).
- spool: where a worker's output waits for its readers, in memory or a file (`Spool`).
"""
