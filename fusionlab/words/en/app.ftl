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
app-data-file = { $given } is no data that this app has
    .hint = choose generated questions, or a file of yours, under { SETTING("data", "train") }; a file of the machine itself is read by its command line only
brought-kind = { $file } is no file to learn from
    .hint = choose a file that ends in one of { $kinds }
brought-large = { $file } has { $bytes } bytes; the app takes up to { $most }
    .hint = take a part of it, or train on it from the command line of your own machine
brought-gone = { $file } is not here any more
    .hint = choose the file again under { SETTING("data", "train") }; files are kept for a day, and until the app is started again
app-text-too-long = the prompt and instructions have { $written } characters; the app reads up to { $most }
    .hint = shorten them
app-no-file = no file was opened
    .hint = choose a recorded run
app-file-of-too-many = its recipe names more than { $most } members

## Benchmarks

app-run-not-kept = this run was not kept
    .hint = only the first runs of a benchmark are kept
app-field = { $field }: { $said }, not { $given }
