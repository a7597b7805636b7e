# Runs: what cannot be run, run files and their events.

prompt-empty = the prompt is empty
    .hint = { PLACE() ->
        [app] write under Prompt what the members should answer
       *[terminal] write what the members should answer: with --prompt, or with --messages that end with it
    }
members-too-few = { $least ->
        [one] { METHOD($method) } needs at least one member, not { $count }
       *[other] { METHOD($method) } needs at least { $least } members, not { $count }
    }
    .hint = { PLACE() ->
        [app] add members with “Add member”
       *[terminal] add members with --member
    }
members-too-many = { $most ->
        [one] { METHOD($method) } takes at most one member, not { $count }
       *[other] { METHOD($method) } takes at most { $most } members, not { $count }
    }
    .hint = remove members, or choose a method that fuses several
weight-of-a-member = the weight of { $name } is { $weight }
    .hint = a weight is a finite number, 0 or more
weights-all-zero = all weights are zero
    .hint = give at least one member a weight above 0
level-below-the-method = { METHOD($method) } needs { $needed }, but { $ref } gives only { $given }
    .hint = models that do: { $models }, hub:…, path:…; methods that { $ref } can take part in: { METHOD($methods) }
internal-error = internal error: { $said }
    .hint = please report it

## Run files

branches-file-none = { $name } is not a file of branches
    .hint = open a file that was saved with the branches of a run
branches-file-uneven = { $name } names { $said } runs, but holds { $runs }
    .hint = it was cut off or changed; save the branches again

run-file-missing = there is no run file { $name } here
run-file-unreadable = { $name } cannot be read: { $said }
run-file-unwritable = { $file } cannot be written: { $said }
    .hint = give another file name
run-file-is-a-folder = { $file } cannot be written: it is a folder
    .hint = give another file name
run-file-broken-off = { $file } cannot be written: { $said }
    .hint = free some space, or give another place; what was recorded is in { $part }
run-file-none = { $name } is not a run file
    .hint = { PLACE() ->
        [app] “Download this run” writes one
       *[terminal] fusionlab run --out writes one
    }
run-file-too-new = { $name } has version { $version }; this FusionLab reads up to { $newest }
    .hint = upgrade FusionLab to read it
run-file-header = { $name } has a broken header: { $cause }
run-file-line = { $name }, line { $line }: { $cause }
recipe-number-out-of-range = its recipe has a number that is out of range

## Events

event-none = not an event: { $value }
event-field-wrong = { $field }: { $fault }
event-no-id = model_built: { $id } is not the id of a model
event-no-time = { $time } is not the time of an event
event-out-of-order = candidate_given: number { $index } comes after { $last }
event-too-many-members = token_chosen: it has more than { $most } members
event-too-many-tokens = token_chosen: { $count } candidates are too many
events-too-many-answers = it has more than { $most } answers
events-too-many-candidates = it has more than { $most } candidates
number-out-of-range = { $field } is out of range: { $value }
number-no-probability = { $field } is not a probability: { $value }
number-negative = { $field } is negative: { $value }
vote-on-candidates-not-given = voted: { $scored } candidates are scored and { $given } were given
vote-without-scores = voted: it has no scores by { $metric }
vote-lists-uneven = voted: its lists are not of one length
vote-table-not-square = voted: a table of similarities is not square
vote-candidates-only = voted: { $count ->
        [one] there is one candidate only
       *[other] there are { $count } candidates only
    }
vote-ranking-incomplete = voted: a ranking does not name every candidate once
routes-through-no-layer = experts_routed: a token passes no layer
routes-through-other-layers = experts_routed: tokens pass different layers
routes-too-many-layers = experts_routed: it has { $layers } layers; it may have up to { $most }
routes-too-many-experts = experts_routed: its layers have more than { $most } experts
routes-no-layer = experts_routed: there is no layer { $layer }
routes-to-no-expert = experts_routed: layer { $layer } chooses experts that it does not have
text-scored-unevenly = text_scored: it needs tokens, and as many numbers as tokens
