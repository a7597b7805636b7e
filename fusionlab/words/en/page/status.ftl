# How a run stands.

status-queued = waiting
status-running = running
status-finished = finished
status-failed = did not run
status-broken = did not finish
status-stopped = stopped
status-ready = ready
status-stale = This result belongs to another set-up. Press Run.
status-recorded = recorded
    .title = This run was recorded earlier and is played back. Press Run to compute it anew.
status-reloaded = your last run

status-linked = This set-up came with the link. Press Run.
status-unkept = Your set-up is back. Its result is not kept any more: press Run to get it again.
status-end = The model ended its answer.
status-end-with-cut = Some texts were cut off at the length limit ({ $tokens } tokens).
status-length = Stopped at the length limit ({ $tokens ->
    [one] one token
   *[other] { $tokens } tokens
}).
status-elected = An answer was elected.
status-elected-of-cut = An answer was elected, though some texts were cut off at the length limit ({ $tokens } tokens).
status-stopped-words = Stopped. Press Run to start again.
status-next = You are next.
status-place = { $before ->
    [one] One run comes before yours.
   *[other] { $before } runs come before yours.
}
status-now = Now running: { $what }.
status-starting = Starting …
status-writing = Writing …
status-tokens = { $n ->
    [one] one token
   *[other] { $count } tokens
}
status-far = { $done } of { $total } · { $share }
status-joined = { $before } · { $next }

status-loading = Loading { $what }
status-fetching = Fetching { $what }
status-unpacking = Unpacking { $what }
status-checking = Checking { $what }
status-waiting-for = Waiting for { $what }, which another program is using
status-dividing = Dividing the problem
status-training-routers = Training the routers
status-training = Training { $what }
status-grafting = Grafting { $what }
status-upcycling = Making the experts of { $what }
status-prompting = Reading the prompts with { $what }
status-merging = Merging { $what }
status-measuring = Measuring { $what } on the data
status-lowering-entropy = Learning how much of each task vector to add
status-starting-ray = Starting Ray
status-proving = Examining { $what }
status-reading-with = Reading the test text with { $what }
status-writing-model = Writing { $what }
status-storing = Storing what { $what } expects of the text
status-aligning-with = Reading the text with { $what }
status-mapping-tokens = Finding the nearest tokens for { $what }
status-sweeping = Sweeping between models
status-exporting = Exporting { $what }
status-evaluating = Testing { $what }
status-sampling = Asking the model for answers: { $what }
status-loading-embedder = Loading the sentence embedder
status-comparing-meanings = Comparing meanings
status-counting-ballots = Counting ballots

status-fix = Please fix this first
status-broke-off = The run stopped with an error
status-note = Please note
status-progress = Progress

status-unknown-characters = { $name } does not know some characters of the prompt and reads all of them as one and the same unknown sign: { $characters }
    .hint = write the prompt with letters and digits that it knows, such as add 384+77=, or choose another model
