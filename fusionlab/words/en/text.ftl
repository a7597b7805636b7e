# What is said of texts: those that members write, their votes and likenesses, tables; and of routes.

## Writing and rounds

texts-cut-off = { $cut } of { $texts } texts were cut off at { $tokens } tokens
    .hint = raise { SETTING("max_tokens") }: what stood at the end of a text, often the answer, is lost
members-failed = { $names } failed, and the run went on: { $cause }
answers-tied = a tie, { $votes } each: { $answers }; the first was taken
many-answers-tied = a tie of { $number } answers with { $votes } each: { $answers }, …; the first was taken

## Elections

votes-of-another-number = { $votes } weights were given for { $candidates } candidates
vote-too-heavy = a vote cannot weigh { $weight }
    .hint = use weights from 0 to { $most }
candidates-too-many = { $candidates } candidates are too many for one election: { CHOICE("rule", $rule) } takes up to { $most }
    .hint = let fewer stand
candidates-too-many-by-rule = { $candidates } candidates are too many for one election: { CHOICE("rule", $rule) } takes up to { $most }
    .hint = let fewer stand, or choose { CHOICE("rule", "mbr") } for { SETTING("rule") }
-shorter = shorten the texts
two-texts-too-long = { $metric ->
        [rouge_l] two texts of { $one } and { $other } words are too long for { CHOICE("metric", $metric) }, which compares { $most } words with as many
       *[other] two texts of { $one } and { $other } characters are too long for { CHOICE("metric", $metric) }, which compares { $most } characters with as many
    }
    .hint = { -shorter }, or let { CHOICE("metric", "cosine") } decide
texts-too-long = { $metric ->
        [rouge_l] { $texts } texts of { $length } words are too much for { CHOICE("metric", $metric) }
       *[other] { $texts } texts of { $length } characters are too much for { CHOICE("metric", $metric) }
    }
    .hint = { -shorter }, or let { CHOICE("metric", "cosine") } decide
words-too-many = the texts have { $words } different words; { $most } can be compared
    .hint = let { CHOICE("metric", "char_lcs") } decide, or shorten the texts
meanings-rough = the embedding model was made for English; it reads other languages only roughly
    .hint = let { CHOICE("metric", "char_lcs") } decide, or run fusionlab fetch { $model } once

## Mixtures of metrics

mixture-twice = the mixture names { CHOICE("metric", $metric) } twice
    .hint = write it as { $example }
mixture-weightless = every metric has weight 0 in the mixture { $mixture }
    .hint = write it as { $example }
mixture-weight = the weight of { CHOICE("metric", $metric) } in the mixture is { $weight }
    .hint = a weight is a finite number, 0 or more, as in rouge_l=0.5

## Tables

decided-without-answers = on { $times } of { $questions } questions { $rule } decided, since no answer can be found in any text
    .hint = the column rule names them
decided-without-winner = on { $times } of { $questions } questions { $rule } decided, since no candidate beats every other one head to head
    .hint = the column rule names them
questions-tied = on { $ties } of { $questions } questions several texts share first place; the first of them was taken
    .hint = the column tied says how many others there are
questions-weightless = on { $weightless } of { $questions } questions every ballot has weight 0, and the first candidate was taken
    .hint = give at least one of its members a weight above 0
table-no-candidates = no candidates are found in the columns { $columns }
    .hint = name them: several columns of one row, a column of lists, or a column of texts beside that of their questions
table-no-list = row { $row }: { $cell } is not a list of candidates
table-no-weight = row { $row }: { $cell } is not a weight
    .hint = a weight is a finite number, 0 or more

## Routes through experts

-unknown-architecture = its architecture is not known here: choose another mixture
routes-of-the-last-time = { $name } runs through its layers several times for a token; the routes shown are those of the last time
routes-of-feed-forward = { $name } chooses experts of attention too; those of its feed-forward layers are shown
routes-of-other-tokens = { $name } computes a token's route from other tokens too, so that none has one of its own
    .hint = choose another mixture
routers-of-an-encoder = { $name } has layers of an encoder and of a decoder, whose experts cannot be shown side by side
    .hint = choose a mixture that is a decoder alone
routers-of-one-layer = { $name } has more than one router in layer { $layer }
    .hint = { -unknown-architecture }
router-in-no-layer = { $name } has a router, { $router }, that is in no numbered layer
    .hint = { -unknown-architecture }
router-mute = { $name }: { $router } does not say which experts it chooses
    .hint = { -unknown-architecture }
experts-fail = { $name }: { $part }, a part of its own code, failed: { $said }
    .hint = choose another number of experts per token, or another mixture of experts
experts-without-router = { $name } has experts in { $place }, where { $architecture } declares no router
    .hint = { -unknown-architecture }
experts-none = { $name } is dense: no layer of it chooses between experts
    .hint = { $count ->
        [0] there is no mixture of experts on this machine; those of the hub work, as hub:org/name
       *[other] mixtures of experts: { $known }; those of the hub work too, as hub:org/name
    }
routers-undeclared = { $name } has experts, but { $architecture } declares no routers
    .hint = { $count ->
        [0] there is no mixture of experts on this machine; those of the hub work, as hub:org/name
       *[other] mixtures of experts: { $known }; those of the hub work too, as hub:org/name
    }

parameters-of-experts = { $name }: how many experts { $architecture } gives a token cannot be told from its configuration
    .hint = choose another mixture of experts
ablate-nothing = there is nothing to read
    .hint = write a text of some sentences
ablate-long = the text is { $length } characters long, and at most { $most } are read again for every expert
    .hint = shorten it
ablate-no-items = the suite { $suite } has no questions
    .hint = choose another suite

## Steering of experts

two-mixtures-alone = two models are compared at one prompt, as they are
    .hint = leave out { SETTING("compare") }, { SETTING("steer") } and { SETTING("top_k") }, or take one model
steer-not-a-rule = { $rule } is not a rule of steering
    .hint = write ban 3@2, force 1@all, swap 0-5@4 or top 1@4-7: what, which expert (or how many), and in which layers
steer-no-layer = { $rule }: { $name } has no experts there
    .hint = layers with experts: { $known }; or write all
steer-no-expert = there is no expert { $expert } in layer { $layer } of { $name }
    .hint = its experts are 0 to { $last }
steer-twice = the rules speak of expert { $expert } in layer { $layer } more than once
    .hint = leave one rule for it: ban, force or swap
steer-top-twice = the rules give the tokens of layer { $layer } different numbers of experts: { $ks }
    .hint = leave one of them for each layer
steer-k-too-many = { $k } experts per token are asked for, but layer { $layer } of { $name } has only { $experts }
    .hint = lower { SETTING("top_k") }
steer-none-left = all experts of layer { $layer } of { $name } are banned
    .hint = leave at least one
steer-too-few-left = layer { $layer } of { $name } gives each token to { $k } experts, but the bans leave only { $left }
    .hint = ban fewer, or lower { SETTING("top_k") }
steer-too-many-forced = { $forced } experts are forced in layer { $layer } of { $name }, which gives each token to only { $k }
    .hint = force fewer, or raise { SETTING("top_k") }
router-not-steered = { $name }: the choice of { $router } cannot be steered
    .hint = choose another mixture of experts, or leave out { SETTING("steer") } and { SETTING("top_k") }
