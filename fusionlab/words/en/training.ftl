# Training a model further.

## Data

-per-line = one JSON object a line: text; messages, or prompt and completion; or prompt, chosen and rejected
train-no-data = there are no data to train on
    .hint = { PLACE() ->
        [app] choose some under { SETTING("data", "train") }
       *[terminal] give a file with --set data=FILE, or generated questions with --set data=corpus:maths
    }
train-unreadable = { $file } cannot be read: { $said }
    .hint = give a text or JSON Lines file in UTF-8, or one of { $known }
train-file-empty = { $file } is empty
    .hint = give a file that has text in it
train-text-only-continues = { $file } is plain text, of which { CHOICE("objective", $objective) } cannot tell what is an answer
    .hint = give a file that ends in .jsonl, with { -per-line }
train-corpus-no-pairs = { $corpus } has no pairs of answers
    .hint = give a JSON Lines file with prompt, chosen and rejected
train-suite-no-pairs = { $suite } has no pairs of answers
    .hint = give a JSON Lines file with prompt, chosen and rejected, or let the model make pairs of its own answers: own:SUITE under { SETTING("data", "train") }
train-own-only-prefers = { $data } makes pairs of answers, of which { CHOICE("objective", $objective) } learns nothing
    .hint = choose { CHOICE("objective", "prefer") }, or other data
train-own-inexact = answers to { $suite } are scored by likeness, so that none of them is right or wrong
    .hint = take a suite whose answers are exact, such as word-problems
train-own-alike = { $samples } samples at temperature { $temperature } would all be the same
    .hint = take at least 2 samples, at a temperature above 0
train-own-few = only { $pairs } of { $questions } questions of { $suite } got both a right and a wrong answer in { $samples } samples; a training takes { $fewest }
    .hint = ask more questions ({ SETTING("questions", "train") }), or draw more samples of each ({ SETTING("samples", "train") }) at a higher temperature (it was { $temperature })
train-own-none = { $lacking ->
        [right] no answer of the model to { $questions } questions of { $suite } is right
       *[wrong] no answer of the model to { $questions } questions of { $suite } is wrong
    }, so that there is no pair
    .hint = { $lacking ->
        [right] teach it first ({ CHOICE("objective", "instruct") }), or take a suite that it solves sometimes
       *[wrong] raise the temperature (it was { $temperature }), or take a suite that is harder for it
    }
train-own-tokens = how many tokens the pairs of { $suite } will have is not known before they are made
    .hint = give { SETTING("steps", "train") } in place of { SETTING("tokens", "train") }
train-line = { $file }, line { $number }: { $fault }
    .hint = mend the line or take it out; a line is { -per-line }
train-line-of-another = it has no text of its own, but what { CHOICE("objective", $objective) } learns from: choose that
train-line-empty = it is empty
train-field-empty = a field is empty
train-answer-empty = an answer is empty
train-no-answer = no turn of an assistant follows one of a user
train-messages = { $field } is { $value }, no list of messages with role (system, user or assistant) and content
train-answers-equal = both answers are the same
train-answers-alike = { $file }, line { $number }: both answers are the same to the model
    .hint = take the line out
train-nothing-learned = { $file }, line { $number }: there is nothing to learn, since the model's chat template leaves nothing of the answer
    .hint = take the line out
train-no-template = { $model } has no chat template, so that it cannot read a conversation of several turns
    .hint = give prompt and completion, or a model that has one
train-all-too-long = everything in { $file } is longer than { $longest } tokens
    .hint = raise { SETTING("length", "train") }
train-data-changed = { $file } has changed since the plan was made
    .hint = { PLACE() ->
        [app] press Build again
       *[terminal] give the command again
    }
train-columns = { $name } has the columns { $found }, from which the objective { $objective } does not know what to learn
    .hint = rename them to { -per-line }, or give the data as a JSON Lines file that has these
train-row = { $name }, row { $number }: { $fault }
    .hint = no row of the data set can be used; a row is { -per-line }
train-row-broken = { $fault }
train-row-none = there are no rows
train-rows-left-out = { $count } of { $all } rows of { $name } cannot be used and are left out; the first is row { $number }: { $fault }
    .hint = a row is { -per-line }

## Plans

train-steps-and-tokens = both are given: { $steps } steps, and { $tokens } tokens to read
    .hint = give one of them
train-counts = { $examples ->
        [one] one example
       *[other] { $examples } examples
    } to learn from, { $tokens } tokens in all; { $held } held out; { $steps ->
        [one] one step
       *[other] { $steps } steps
    } of { $drawn }
train-quiz = { $count ->
        [one] one question
       *[other] { $count } questions
    } of { $suite } to train with, { $count ->
        [one] which is not
       *[other] none of them
    } among the data, will be answered as it learns
train-quiz-none = the data have every question of { $suite } to train with that could be asked as the model learns
    .hint = choose another suite under { SETTING("suite", "train") }, or give fewer data
train-quiz-too-long = a question of { $suite } and its answer take { $needed } tokens, and the model reads { $context }
    .hint = choose another suite under { SETTING("suite", "train") }, or none
train-own-counts = { $questions } questions of { $suite } will be answered { $samples } times each, and pairs made of right and wrong answers; { $steps ->
        [one] one step
       *[other] { $steps } steps
    } of { $drawn } pairs
train-nothing-held-out = nothing is held out, so that nobody will see whether it learns by heart
train-left-out = { $count } of { $all } are longer than { $length } tokens and are left out
    .hint = raise { SETTING("length", "train") } to learn them too
train-unknown-tokens = { $count ->
        [one] one token of the data stands for what the model's tokenizer does not know
       *[other] { $count } tokens of the data stand for what the model's tokenizer does not know
    }
    .hint = take data that the model can read
train-text-short = { $file } has { $count } tokens, fewer than one row of { $length }
    .hint = give more text, or lower { SETTING("length", "train") }
train-longer-than-context = rows of { $length } tokens are longer than the model reads: { $context }
    .hint = lower { SETTING("length", "train") }
train-source-adapted = the adapter of { $source } changes weights that its model's files hold otherwise than the model does
    .hint = { PLACE() ->
        [app] make one model of both first, by merging it alone, and train that
       *[terminal] make one model of both first, with fusionlab build merge --source { $source } --id NAME, and train built:NAME
    }
train-goes-on = the adapter of { $source } itself is trained further: of rank { $rank }, with alpha { $alpha }
    .hint = { PLACE() ->
        [app] for an adapter of another rank, make one model of both first, by merging it alone, and train beside that
       *[terminal] for an adapter of another rank, make one model of both first, with fusionlab build merge --source { $source } --id NAME, and train beside built:NAME
    }
train-shard-adapter = weights are shared out among processes only where all of them are trained, not beside an adapter
    .hint = leave out { SETTING("shard", "train") } or { SETTING("lora", "train") }
train-shard-routers = weights are shared out among processes only where all of them learn
    .hint = leave out { SETTING("shard", "train") }, or let all weights learn
train-lora-and-routers = both are asked for: an adapter, and routers that learn without it
    .hint = set { SETTING("lora", "train") } to 0, or let all weights learn
train-routers-dense = { $source } is dense: it has no routers that could learn
    .hint = { PLACE() ->
        [app] make a mixture of experts of it first, or train all of its weights
       *[terminal] make a mixture of experts of it first, with fusionlab build upcycle --source { $source }, or train all of its weights
    }
train-routers-of-one = { $source } gives each token to one expert, whose weight is always 1: its routers learn nothing from a text
    .hint = make the mixture with two experts per token; where it is used, one of them can be chosen
train-routers-unstored = nothing in the files of { $source } is known to be its { $name }
    .hint = train all of its weights
train-shard-uneven = { $drawn } rows of a step cannot be shared out evenly in { $parts } parts
    .hint = choose batch and accumulate so that every process has as many rows in each part
train-needs-peft = adapters are trained with the package peft, which is not installed
    .hint = pip install fusionlab[train], or leave out { SETTING("lora", "train") }
train-adapter-name-taken = an adapter called { $id } came with FusionLab
    .hint = { PLACE() ->
        [app] give the new one another name
       *[terminal] give the new one another name with --id
    }

## As it runs

train-pieces-leak = pieces of text that share a row see one another in { $name }
    .hint = what it learns at the beginning of a piece depends on the piece before it; rows of one piece avoid that
