"""Nothing lost, nothing twice: the deployed entry points under faults, drawn from a seed. `make chaos`.

    uploads ─► Cloud Storage server ─► Google's Pub/Sub emulator ─► delivery gate ─► functions, two of each
                      ▲                           ▲                                     │       │
                      └──────── storage gates ────┼─────────────────────────────────────┘       │
                                                  └────────────── publish gates ────────────────┘

The functions run as they are deployed, without a hook in them: everything that goes wrong, goes wrong at the gates,
which also see where a worker is and end it there.

| file | what is in it |
|---|---|
| `kinds` | every kind of fault and how often it is wanted |
| `schedule` | which opportunity of a fault is taken, from the seed; the tally of what really happened |
| `plan`, `uploading` | what is uploaded, overwritten, deleted and published, in which order |
| `storage_gate`, `storage_faults`, `crashes` | between a function and Cloud Storage |
| `publish_gate` | between a function and Pub/Sub |
| `delivery_gate` | between Pub/Sub and the functions |
| `models_trouble` | the models bucket: objects missing, damaged, unavailable |
| `workers`, `skewed/` | the function processes, their deaths and restarts, their clocks |
| `letter_box` | dead letters, seen as they come and replayed |
| `ledger` | what was seen: messages accepted and acknowledged, results written, crashes and recoveries |
| `world`, `run` | all of it together; a run from the first upload to the replay of dead letters |
| `audit`, `report` | the verdict, and how it is printed |
| `outcomes`, `table` | what comes of each fault; the tables of docs/reliability.md |
"""
