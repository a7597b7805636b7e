# The app: how it starts, what it runs and shows, the limits of a demo.

## Start

app-not-served = the app cannot be served: { $said }
    .hint = another program has the port; set { $variable } to a free one
app-not-a-port = { $variable } is { $given }
    .hint = a port is a number from 1 to 65535, such as 7860

## Runs

app-run-begun = this run has begun already
    .hint = press Run again
app-too-many-waiting = too many runs are waiting for the models
    .hint = try again in a minute
app-nothing-to-compare = there is no finished conversation to compare with
    .hint = run one, then try again
app-members = the app shows up to { $most } members, not { $count }
    .hint = remove some members, or run it from the command line
app-text-too-long = the prompt and instructions have { $written } characters; the app reads up to { $most }
    .hint = shorten them
app-no-file = no file was opened
    .hint = choose a recorded run
app-file-of-too-many = its recipe names more than { $most } members

## Benchmarks

app-run-not-kept = this run was not kept
    .hint = only the first runs of a benchmark are kept
app-field = { $field }: { $said }, not { $given }
