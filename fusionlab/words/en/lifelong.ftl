# Lifelong learning: sequences that cannot be learned.

lifelong-task-twice = task { $task } stands twice in the sequence
    .hint = name each task once: a task that is learned again is no longer new
lifelong-one-task = a sequence of { $count ->
        [one] one task
       *[other] { $count } tasks
    }: nothing is learned after anything else
    .hint = name two tasks or more, with blanks between them
lifelong-no-start = the sequence holds every task, and none is left for the model to start with
    .hint = leave out one task
lifelong-domain-twice = the model has a group for { $domain } already
    .hint = append each domain once
kind-domain = domain
