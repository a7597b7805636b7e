# Benchmarks and measurements: suites, their data, the plan, the folder of answers.

## Data

data-missing = there is no file or folder { $place }
    .hint = check the path
data-folder-empty = { $folder } has no { $suffixes } file
    .hint = check the path
data-of-another-format = { $file } is not one of { $suffixes }
    .hint = convert it to one of them
data-unreadable = { $file } cannot be read: { $said }
data-not-json = { $file }, line { $line }: { $said }
data-not-a-list = { $file } is neither a list nor {"{"}"examples": […]{"}"}
data-without-question = { $file } has no questions
    .hint = its fields must be { $question } and { $answer }
data-mostly-broken = more than { $most } lines are broken, the last of them { $last }
    .hint = check that this is the right file, and how its fields are named
data-line = { $file }, line { $number }: { $fault }
    .hint = { PLACE() ->
        [app] repair it in the file
       *[terminal] repair it, or pass --skip-broken to use the rest
    }
data-example = { $file }, example { $number }: { $fault }
    .hint = { PLACE() ->
        [app] repair it in the file
       *[terminal] repair it, or pass --skip-broken to use the rest
    }
data-row = { $name }, row { $number }: { $fault }
    .hint = { PLACE() ->
        [app] choose other data
       *[terminal] pass --skip-broken to use the rest
    }
data-set-needs-package = the data set { $name } of the hub needs the package pyarrow
    .hint = { PLACE() ->
        [app] name a file or folder under Data, or pip install 'fusionlab[bench]'
       *[terminal] pip install 'fusionlab[bench]', or give a file with --data
    }
data-set-unavailable = the data set { $name } is not available: { $said }
    .hint = { PLACE() ->
        [app] name a file or folder under Data
       *[terminal] give a file with --data
    }

# What is wrong with one row.
row-too-long = it has more cells than there are column names
row-not-json = { $said }
row-not-an-object = it is not an object with fields
row-without-mark = { $field } has no { $mark }
row-without-field = it has no field { $field }
row-field-not-text = { $field } is { $value }
truth-blank = the right answer is blank
truth-of-another-kind =
    { $kind ->
        [number] the right answer { $truth } is not one number
        [choice] the right answer { $truth } is not one letter such as (A)
        [yes_no] the right answer { $truth } is not yes or no
       *[exact] the right answer { $truth } is not a text
    }

## Suites

suite-missing = there is no suite { $file }
    .hint = name a .toml file, or a suite
suite-unreadable = the suite { $file } cannot be read: { $said }
suite-without-data = { $suite } makes its questions itself
    .hint = { PLACE() ->
        [app] leave Data empty
       *[terminal] leave out --data
    }
suite-rule-of-no-corpus = the suite { $suite }: only a corpus has a rule of its own
suite-template-without-place = the suite { $suite }: the template has no { $place }
suite-gives-answer-away = the suite { $suite }: the template gives the right answer away
    .hint = leave out {"{"}{ $field }{"}"}
suite-lacks-field = the suite { $suite } lacks { $field }
suite-field = the suite { $suite }: { $field }: { $said }, not { $given }
suite-field-unknown = the suite { $suite }: unknown field { $field }
    .hint = known: { $known }
suite-field-unknown-near = the suite { $suite }: unknown field { $field }
    .hint = did you mean '{ $near }'?

## The plan

bench-without-members = a benchmark needs members
    .hint = { PLACE() ->
        [app] add at least one model under Members
       *[terminal] add one with --member smollm2-135m
    }
bench-counts = --batch { $batch } and --runs { $runs } are not possible
    .hint = --batch is 1 or more, --runs 0 or more
contenders-too-many = there are { $count } contenders; up to { $most } can be compared
    .hint = name fewer methods or members
fields-unasked = the data also have { $fields }, which the template does not ask for
    .hint = if that is half of the question, put {"{"}{ $first }{"}"} into the template

## The folder

bench-at-work = another benchmark is running in { $folder }
    .hint = { PLACE() ->
        [app] wait until it ends, or change the set-up
       *[terminal] wait for it, or give another --out
    }
bench-unwritable = { $folder } cannot be written: { $said }
    .hint = { PLACE() ->
        [app] change the number of questions to begin anew
       *[terminal] give another --out
    }
bench-cut-short = { $folder } cannot be written: { $said }
    .hint = { PLACE() ->
        [app] free some space, then press Run: it goes on where it was
       *[terminal] free some space, or give another --out; the same command goes on where it was
    }
bench-missing = there is no benchmark in { $folder }
    .hint = { PLACE() ->
        [app] press Run to measure
       *[terminal] give its --out
    }
plan-unreadable = { $file } cannot be read: { $said }
    .hint = { PLACE() ->
        [app] change the number of questions to begin anew
       *[terminal] give another --out
    }
plan-of-another-form = { $file } is not a benchmark's plan
    .hint = { PLACE() ->
        [app] change the number of questions to begin anew
       *[terminal] give another --out
    }
plan-of-another-version = { $file } has version { $version }; this FusionLab reads { $known }
    .hint = { PLACE() ->
        [app] change the number of questions to begin anew
       *[terminal] give another --out, or use the FusionLab that wrote it
    }
plan-invalid = { $file }: { $said }
    .hint = { PLACE() ->
        [app] change the number of questions to begin anew
       *[terminal] give another --out
    }
answers-unreadable = { $file } cannot be read: { $said }
    .hint = move it away
answers-of-another = { $file } does not belong to { $contender }
    .hint = move it away

## Measurements

app-not-started = the app did not start
    .hint = run python app.py to see why
speed-program-failed = { $program } failed: { $said }
    .hint = see that it runs by itself; FUSIONLAB_MERGEKIT names mergekit's program, mergekit-yaml
speed-without-browser = there is no Chromium to look at the page with
    .hint = pip install playwright && playwright install chromium
zoo-empty = the zoo is empty
    .hint = train a model: fusionlab zoo train base
