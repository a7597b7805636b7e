# Commands: the files they read and write, and their options.

# Places in a file, and where a text came from that was in none.
at-line = line { $number }
at-item = item { $number }
standard-input = standard input

## Any file

cli-no-file = there is no file { $file }
    .hint = check its name and folder
cli-unreadable = { $file } cannot be read: { $said }
cli-not-utf-8 = { $file } is not text in UTF-8
    .hint = save it as UTF-8
cli-not-json = { $file }, line { $line }: { $said }

## Recipes and conversations

-turns = write each turn as {"{"}"role": "user", "content": "…"{"}"}, with the role user or assistant
cli-no-checkout = { $folder } has no { $file }
    .hint = name a checkout of FusionLab
cli-no-recipe = there is no recipe { $file }
    .hint = check its name and folder
cli-no-messages = there is no file { $file }
    .hint = check its name and folder; - is standard input
cli-messages-not-json = { $name } is not JSON: { $said } (line { $line })
    .hint = { -turns }
cli-no-turns = { $name } holds no turns
    .hint = { -turns }

## Candidates and weights

cli-not-a-list = { $file } is not a JSON list
    .hint = write it as ["one", "another"]
cli-no-candidate = { $file }, { $where }: there is no candidate in it
    .hint = a candidate is a text, or an object with one of the fields { $fields }
cli-not-a-weight = { $given } is not the weight of a member
    .hint = write it as gpt=2,claude=1

## Tables

cli-table-of-another-format = { $file } is not one of { $suffixes }
    .hint = convert it to one of them
cli-table-not-of-objects = { $file } is not a list of objects
    .hint = write each row as {"{"}"column": …{"}"}
cli-table-without-rows = { $file } holds no rows
    .hint = the first line names the columns; the rows come after it
cli-table-too-large = { $file } has { $rows } rows of { $columns } columns; up to { $most_columns } columns and { $most_cells } cells are read
    .hint = split it into several tables
cli-row-too-long = { $file }, line { $line }: it has { $cells } cells, but { $columns } columns are named
    .hint = put a text that contains the separator into double quotes
cli-out-of-another-format = { $file } is not one of { $suffixes }
    .hint = the ending decides the format
cli-out-no-folder = there is no folder { $folder }
    .hint = make it first
cli-out-unwritable = { $file } cannot be written: { $said }
    .hint = free some space, or give another --out

## What the console says

cli-language-unknown = { $variable } is { $given }; FusionLab speaks { $known }, so this is English
cli-warning = warning: { $said }
cli-warning-with-hint = warning: { $said } ({ $hint })
cli-stopped = stopped
cli-place-inaccessible = { $file } cannot be read or written: { $said }
    .hint = free some space, or give a place that can be read and written
cli-files-inaccessible = files cannot be read or written: { $said }
    .hint = free some space, or give a place that can be read and written
cli-run-failed = this run failed
cli-run-stopped = this run was stopped
cli-progress-bytes-of = { $what }: { $done } of { $total } MB
cli-progress-bytes = { $what }: { $done } MB
cli-progress-seconds = { $what }: { $done } s
cli-progress-of = { $what }: { $done } of { $total }
cli-step = step { $step }: loss { $loss }
cli-step-of = step { $step } of { $total }: loss { $loss }
cli-step-held-out = held out { $nats } nats per byte
cli-step-solved = { $right } of { $asked } answered right (95%: { $low } to { $high })
cli-step-left = { $time } left
cli-step-loads = experts used { $even } evenly, { $silent ->
        [0] none silent
       *[other] { $silent } silent
    }
cli-sample = { $prompt } → { $text }
cli-stopping = Stopping after this step: what was learned becomes a model. Ctrl-C again leaves it unfinished.
cli-built-stopped = Stopped at step { $step } of { $planned }; the same command goes on from there.
cli-answer = { $author }, { $number }: { $answer }
cli-no-answer = no answer
cli-chosen = { $by ->
        [likeness] { $member } is chosen by likeness
        [agreement] { $member } is chosen by agreement
        [verdict] { $member } is chosen by the judge's verdict
       *[other] { $member } is chosen by { $by }
    }
cli-cost = { $members ->
        [one] [{ $method }, { $members } member: { $tokens_in } tokens in, { $tokens_out } out, { $passes } forward passes, { $computing } s computing, { $all } s in all]
       *[other] [{ $method }, { $members } members: { $tokens_in } tokens in, { $tokens_out } out, { $passes } forward passes, { $computing } s computing, { $all } s in all]
    }

## What there is

cli-method = { $summary } (needs { $level })
cli-model-here = on disk
cli-model-away = not yet fetched
cli-model-from = { $engine }; from { $source }
cli-references = or: hub:org/name@revision, path:folder, gguf:file, api:url#model, replay:file#member
cli-references-keys = a server of api: that wants a key: FUSIONLAB_API_KEYS="host=key, other:8000=key"
cli-fetched = { $ref } is on disk
cli-space-written = wrote the Space's block into { $readme }, and { $requirements }

## The zoo

cli-zoo-scored = { $share } of its own tasks
cli-zoo-adapter-scored = { $share } of its own suite
cli-zoo-unmeasured = trained, not measured
cli-zoo-untrained = not trained
cli-zoo-base = { $title }; its base { $share }
cli-zoo-trained = { $name } is trained: { $ref }
cli-zoo-share = { $share }, n = { $total }
cli-zoo-share-beside-base = { $share }, its base { $base }, n = { $total }

## Benchmarks

cli-bench-kept = { $count ->
        [one] { $count } answer in { $folder } is kept; only the others are asked for
       *[other] { $count } answers in { $folder } are kept; only the others are asked for
    }
cli-bench-stopped = the answers so far are kept in { $folder }; the same command goes on
cli-bench-report = the report is { $report }; results.json, contenders.csv and items.csv are beside it
cli-bench-of = { $suite }: { $title }, { $items ->
        [one] one question
       *[other] { $items } questions
    }, seed { $seed }
cli-bench-milliseconds = ms
cli-bench-means = Tokens, forward passes and milliseconds in the models are means per question.
cli-bench-oracle = { $items ->
        [one] At least one member was right on { $share } of one question.
       *[other] At least one member was right on { $share } of { $items } questions.
    }
cli-bench-unextracted = { $texts ->
        [one] { $name }: in one text no answer was found.
       *[other] { $name }: in { $texts } texts no answer was found.
    }
cli-bench-answered = { $n } answered
cli-bench-front = best at its cost
speed-ratio = { $name }: { $ratio } ({ $better ->
        [lower] at most
       *[higher] at least
    } { $bar }: { $met ->
        [yes] met
       *[no] MISSED
    })
speed-other-text = the two ways that were to be timed wrote different texts
cli-bench-progress = { $contender }: { $done } of { $total } answers, { $left } left for this one

## Votes

cli-vote-form = { $form ->
        [wide] the columns { $columns }
        [long] the rows of column { $columns }
       *[list] the lists in column { $columns }
    }
cli-vote-by = , by { $member }
cli-vote-weighed = , weighed by { $weight }
cli-vote-range = { $fewest } to { $most }
cli-vote-understood = { $questions ->
        [one] { $questions } question × { $each } candidates from { $form }{ $by }{ $weighed }
       *[other] { $questions } questions × { $each } candidates from { $form }{ $by }{ $weighed }
    }
cli-vote-understood-from = { $questions ->
        [one] { $questions } question from { $column } × { $each } candidates from { $form }{ $by }{ $weighed }
       *[other] { $questions } questions from { $column } × { $each } candidates from { $form }{ $by }{ $weighed }
    }
cli-vote-progress = { $done } of { $total } questions
cli-vote-first = the first { $done } of { $total } elections are in { $file }
cli-vote-written = { $count ->
        [one] { $count } election is in { $file }
       *[other] { $count } elections are in { $file }
    }
cli-vote-score = score
cli-vote-question = question
cli-vote-elected = elected
cli-vote-no-candidate = (no candidate)
cli-vote-more = … and { $count } more; --out keeps them all
cli-vote-agreement = mean likeness of two candidates of one question
cli-vote-empty = { $count ->
        [one] question has no candidate: { $questions }
       *[other] questions have no candidate: { $questions }
    }

## A run token by token

cli-token-step = step
cli-token-token = token
cli-token-p = p
cli-token-entropy = entropy
cli-token-divergence = divergence
cli-token-agreement = agreement
cli-token-pivotal = pivotal (without it)
cli-token-nobody = nobody
cli-token-not = not { $names }
cli-token-open = not known: { $names }

## Help: the commands

cli-help-usage = usage:{" "}
cli-help-arguments = positional arguments
cli-help-options = options
cli-help-error = error: { $said }
cli-help-help = show this help and exit
cli-help-json = print one JSON object
cli-help-fusionlab = See, measure and teach how language models can be fused.
cli-help-run = run a fusion method, or a recipe in a .toml file
cli-help-replay = show a recorded run, without any model
cli-help-methods = list the fusion methods and their settings
cli-help-models = list the models that are known by name
cli-help-fetch = bring models to this disk, for use without network
cli-help-speed = measure a speed as a ratio against an alternative
cli-help-space = make a checkout ready to be pushed to a Space
cli-help-zoo = small models made here: list, train NAME, eval NAME
cli-help-zoo-list = list the zoo's models, their tasks and scores
cli-help-zoo-train = train one from its recipe, or go on with it
cli-help-zoo-eval = measure one on held-out problems of every task
cli-help-bench = measure methods on a suite, against each member alone
cli-help-experts = tell what a model is made of, and what it loses without each of its experts
cli-help-experts-model = a model on this machine
cli-help-experts-ablate = ban each expert in turn, and read this text again; or suite:NAME, whose questions are answered too
cli-help-experts-everywhere = ban each expert in all layers at once, not in one after another
cli-help-experts-items = questions of a suite (40)
cli-help-ladder = fuse the same members on every level that fits them, on one suite
cli-help-vote = elect the best candidate for each question of a table

## Help: options of run, zoo and speed

cli-help-method = see fusionlab methods; or RECIPE.toml
cli-help-messages = a conversation in place of a prompt: a JSON list of {"{"}"role": …, "content": …{"}"} whose last turn is the user's; - reads it from standard input
cli-help-begin = text that the answer begins with; the members go on from it
cli-help-set = a setting of the method; candidates=@FILE reads them from a file
cli-help-max-tokens = default { $default }
cli-help-temperature = 0 is greedy; methods that need samples start above it
cli-help-top-k = 0 means no limit
cli-help-top-p = 1 means no limit
cli-help-seed = default 0
cli-help-tokens = a line for every token of a fusion: how sure, who agreed, who was pivotal, whose share
cli-help-page = the whole run as one HTML file, for any browser, without a network
cli-help-out = record the run
cli-help-speed-name = one of { $names }
cli-help-zoo-name = such as adder, or smollm2-135m+maths
cli-help-shelf = the folder it goes into; the cache by default

## Help: options of bench

cli-help-suite = such as zoo-mixed, zoo-arithmetic, gsm8k, bbh; or S.toml
cli-help-items = how many; the suite says a default
cli-help-bench-seed = chooses the items; default 0
cli-help-bench-max-tokens = of an answer; the suite says a default
cli-help-data = file, folder or data set of the hub
cli-help-skip-broken = leave out broken lines of data
cli-help-baseline = also measure the best member with as many tokens as each fusion
cli-help-batch = items answered together
cli-help-runs = whole runs kept of each contender
cli-help-ray = spread the questions over a Ray cluster: HOST:PORT, auto, or a new one here
cli-help-ray-workers = its workers at most; one a processor by default
cli-help-bench-out = bench-SUITE by default; goes on where it stopped
cli-help-ladder-lessons = questions that the trained rungs learn; 20 for each item by default, at most 4,000
cli-help-ladder-out = ladder-SUITE by default; goes on where it stopped

## Help: options of vote

cli-help-table = a table: .csv, .jsonl or .json
cli-help-question = column of the questions
cli-help-candidates = one column for each candidate, or one column of all
cli-help-vote-member = of a long table: the column of who wrote each candidate
cli-help-vote-weight = of a long table: the column of the ballots' weights
cli-help-weights = weights of the members' ballots; 1 by default
cli-help-metric = rouge_l, char_lcs, cosine or mixture
cli-help-mixture = how much each metric weighs
cli-help-rule = mbr, majority, borda, condorcet, ranked_pairs or clusters
cli-help-answer = the kind of answer to count: exact, number, choice, yes_no or text
cli-help-phrase = the phrase in front of an answer
cli-help-own-ballot = mbr counts a candidate's own ballot too
cli-help-vote-out = write the elections: .csv or .jsonl

## Help: what is wrong with a command

cli-arguments-missing = missing: { $names }
cli-arguments-unknown = unknown: { $names }
cli-argument-without-value = { $name } needs a value
cli-argument-invalid = { $name }: { $given } is not { $kind ->
        [int] a whole number
        [float] a number
       *[other] valid
    }
cli-argument-not-one-of = { $name }: { $given } is not one of { $known }

## The gallery

cli-gallery-run = { $status ->
        [finished] { $preset }: finished, { $seconds } s
        [failed] { $preset }: failed, { $seconds } s
       *[other] { $preset }: stopped, { $seconds } s
    }
cli-help-gallery = record a run of every preset for the app
cli-help-gallery-folder = of a checkout: assets/runs
cli-help-gallery-all = record fresh ones again too

## Tables of README

cli-counts-where = where { $setting } is { $values }
cli-table-method = method
cli-table-happens = what happens
cli-table-needs = needs

## Models made of others

cli-plan = { $reference } would be made of { $sources }
cli-plan-waits = { $reference } would be made of { $sources }; more can be said once { $awaited } is built
cli-plan-figures = { $parameters } million parameters, { $size } MB; making it takes up to { $memory } MB of memory
cli-plan-taken = ! a model named { $id } is here already: by the same recipe it is not built again; for another one choose another name with --id
cli-built = { $reference } is built: { $parameters } million parameters, { $size } MB, in { $seconds } s
cli-built-try = to ask it: fusionlab run solo --member { $reference } --prompt "The capital of France is"
cli-built-size = { $size } MB
cli-built-adapter = { $builder }, an adapter
cli-built-of = made of { $sources }
cli-built-none = nothing was built on this machine yet
cli-built-heirs = made of { $id } were { $heirs }: they stay as they are, but cannot be built again without it
cli-remove-ask = remove { $id } from this disk? [y/N]
cli-remove-yes = y yes
cli-remove-kept = { $id } stays
cli-remove-unasked = nobody can be asked whether { $id } is to be removed
    .hint = add --yes
cli-removed = { $id } is removed
cli-exported = { $id } is exported: { $place }
cli-help-builders = list the builders of new models and their settings
cli-help-build = make a new model of others, or what a .toml file says
cli-help-build-name = see fusionlab builders; or RECIPE.toml, such as a built model has in its folder
cli-help-build-share = print a link to the tab Build with this set-up, and build nothing
cli-help-source = a model that it is made of, in order, such as smollm2-135m or zoo/adder
cli-help-build-set = a setting of the builder
cli-help-build-target = short for --set target=REF, the model that learns from the sources
cli-help-build-id = what the new model is called; the builder finds a name by default
cli-help-plan = say what would be made and what speaks against it, and make nothing; exit status 1 where it is refused
cli-help-built = models built here: list, remove ID, export ID PLACE
cli-help-built-list = list the models that were built here
cli-help-built-remove = remove one from this disk
cli-help-built-export = copy one for other programs
cli-help-export-place = a new folder, or a file: one that ends in .zip holds that folder, one that ends in .gguf is for llama.cpp
cli-help-yes = do not ask
