# Rules by which the weights of several models become those of one.

merge-weights-cancel = the weights { $weights } add up to zero, so nothing can be divided by their sum
    .hint = { PLACE() ->
        [app] choose other weights, or turn { SETTING("normalize", "merge") } off where the rule has it
       *[terminal] choose other weights, or turn normalize off where the rule has it
    }
merge-base-lacking = { CHOICE("method", $rule) } needs a base: the model that all others were trained from
    .hint = name a base, or choose a rule that needs none, such as { CHOICE("method", "linear") } or { CHOICE("method", "slerp") }
merge-base-unused = { CHOICE("method", $rule) } takes no base
    .hint = make the base one of the models, or choose a rule that takes one, such as { CHOICE("method", "ties") }
merge-shapes-differ = tensors of different shapes cannot be merged: { $shapes }
    .hint = choose models of one architecture and size
merge-epsilon = { PLACE() ->
        [app] { SETTING("density", "merge") } { $density } with { SETTING("epsilon", "merge") } { $epsilon }: a probability would leave the range from 0 to 1
       *[terminal] with density { $density } and epsilon { $epsilon } a probability would leave the range from 0 to 1
    }
    .hint = { PLACE() ->
        [app] make { SETTING("epsilon", "merge") } smaller than { SETTING("density", "merge") }, and than what that lacks to 1
       *[terminal] make epsilon smaller than the density and than what it lacks to 1
    }

## Settings that depend on the tensor

merge-varying = { PLACE() ->
        [app] { SETTING($setting, "merge") }: { $value } is no value, list of values, or value for each filter
       *[terminal] setting { $setting }: { $value } is no value, list of values, or value for each filter
    }
    .hint = write a number, a list such as [0, 0.5, 1] over the depth, or {"{"}"self_attn": 0.3, "*": 0.7{"}"}

## What is known of a merge before it is made

-other-ways = models that cannot be merged can still be fused: by their answers (vote, debate), or before every token (ensemble)
-common-tokens = choose { CHOICE("tokenizer", "union") } or { CHOICE("tokenizer", "base") } for { SETTING("tokenizer", "merge") }, which puts the rows in one order
merge-of-one = { $source } is the only model here: nothing is merged, and the new one is little else than its copy
    .hint = add another source
merge-base-found = the common ancestor is { $base }, by the models' lineage
    .hint = set { SETTING("base", "merge") } to take another one
merge-build-differs = { $setting } is { $one } in { $first } and { $other } in { $second }
    .hint = { -other-ways }
merge-setting-differs = { $setting } is { $one } in { $first } and { $other } in { $second }: the new model has the first
    .hint = measure the new model; where it says nonsense, this may be why
merge-rows-differ = { $name } has not as many rows in all models: { $rows }
    .hint = one vocabulary is larger, or padded: { -common-tokens }
merge-tensors-differ = { $count ->
        [one] { $name } is of several shapes: { $shapes }
       *[other] { $count } tensors are of several shapes, { $name } among them: { $shapes }
    }
    .hint = { -other-ways }
merge-tensors-copied = { $source } lacks { $count ->
        [one] { $name }, which is
       *[other] { $count } tensors, such as { $name }, which are
    } copied from the base or first model as it is
    .hint = that part of the new model is one model's alone
merge-tensors-lacking = { $source } lacks { $count ->
        [one] { $name }
       *[other] { $count } tensors, { $name } first
    }
    .hint = the models are not of one build, or a file is incomplete; { -other-ways }
merge-tensors-left-out = { $count ->
        [one] { $name } of { $source } is
       *[other] { $count } tensors of { $source }, { $name } first, are
    } not in the base or first model, and left out
    .hint = make { $source } the base or the first source to keep what only it has
merge-head-untied = the head of { $sources } is tied to the embeddings, that of another model is not: the new model has a head of its own
merge-head-missing = { $source } lacks { $name }, which its config.json asks for
    .hint = copy or fetch the model again, or set tie_word_embeddings to true where the head is meant to be the embeddings
merge-dtypes-mixed = the models' numbers are of several kinds ({ $dtypes }); they are merged in float32 and rounded to { $new }
    .hint = choose another kind for { SETTING("dtype", "merge") }
merge-overflow = numbers that come in { $dtypes } may grow beyond { $most }, the largest of F16
    .hint = choose { CHOICE("dtype", "bfloat16") } or { CHOICE("dtype", "float32") } for { SETTING("dtype", "merge") }
merge-overflow-by-factor = numbers times { $factor } may grow beyond { $most }, the largest of F16
    .hint = choose { CHOICE("dtype", "bfloat16") } or { CHOICE("dtype", "float32") } for { SETTING("dtype", "merge") }
merge-filter-unused = { PLACE() ->
        [app] the filter { $filter } of { SETTING($setting, "merge") } fits no tensor
       *[terminal] the filter { $filter } of { $setting } fits no tensor
    }
    .hint = a filter is a part of tensors' names, such as self_attn, mlp or layernorm
merge-memory = { $needed } of memory are needed at once, of which { $free } are free
    .hint = close other programs, or choose a rule that works element by element, such as { CHOICE("method", "linear") } or { CHOICE("method", "task_arithmetic") }
merge-other-ancestor = { $first } and { $second } were trained from different beginnings, so that their weights do not mean the same
    .hint = { -other-ways }
merge-ancestor-unknown = nothing tells whether these were trained from { $base }, or from what it was trained from: { $sources }
    .hint = models trained from different beginnings make nonsense when merged: look at their cards
merge-tokenizer-unread = { $source } has no tokenizer.json, so that its tokens cannot be compared
    .hint = save its tokenizer as a fast one
merge-ids-beyond = { $count ->
        [one] a token of { $source }, { $token } ({ $id }), has
       *[other] { $count } tokens of { $source }, the first { $token } ({ $id }), have
    } no row in its embeddings of { $rows } rows
    .hint = a text with such a token cannot be read; take the model with the tokenizer that it was trained with
merge-tokens-differ = { $first } and { $second } differ in { $count ->
        [one] one token, { $token }
       *[other] { $count } tokens, { $token } first
    }: a row would be the mean of two tokens
    .hint = { -common-tokens }; or fuse the models by their answers (vote, debate)
merge-tokens-lacking = { $count ->
        [one] the token { $token } is
       *[other] { $count } tokens, { $token } first, are
    } only in one of { $first } and { $second }
    .hint = the new model has the first one's tokenizer; choose { CHOICE("tokenizer", "union") } for { SETTING("tokenizer", "merge") } to have all tokens
merge-special-token = { $setting } is { $one } in { $first } and { $other } in { $second }
    .hint = the new model ends and begins texts as the first does; put the model first whose habits it is to have
merge-template-lost = { $second } has a chat template, and { $first }, whose tokenizer the new model has, has none
    .hint = make { $second } the base or the first source, where the new model is to chat
merge-template-differs = { $first } and { $second } have different chat templates: the new model has the first one's

## Rules that go by data

-data-forms = give a .txt, .md or .jsonl file, suite:NAME for questions to train with, or own for what each model was trained with
-more-data = give a longer text, or another one
merge-data-lacking = { CHOICE("method", $rule) } needs data for each of its models
    .hint = { PLACE() ->
        [app] under { SETTING("data", "merge") }, { -data-forms }
       *[terminal] set data: { -data-forms }
    }
merge-data-unused = { CHOICE("method", $rule) } has no use for data
    .hint = leave the data out, or choose { CHOICE("method", "fisher") }, { CHOICE("method", "regmean") } or { CHOICE("method", "adamerging") }
merge-data-missing = there is no file { $file }
    .hint = check the path; or { -data-forms }
merge-data-format = { $file } is not one of { $suffixes }
    .hint = { -data-forms }
merge-data-unreadable = { $file } cannot be read: { $said }
    .hint = give a plain file of text in UTF-8
merge-data-empty = { $file } has no text
    .hint = { -more-data }
merge-data-line = line { $line } of { $file } has neither a text nor { $asked } and { $answered }
    .hint = write each line as {"{"}"text": "…"{"}"} or {"{"}"{ $asked }": "…", "{ $answered }": "…"{"}"}
merge-data-short = { $data } leaves { $source } nothing to predict: there is no text after the first token, or the questions alone fill its context
    .hint = { -more-data }
merge-data-own = nothing tells here what { $source } was trained with
    .hint = own is for models of the zoo and adapters that came with FusionLab; for others name a file
merge-data-no-training = the suite { $suite } has questions of a file, and none to train with
    .hint = give a file with other questions: the ones that are asked later must not be seen before
merge-data-changed = { $data } has changed since the merge was planned
    .hint = begin again
merge-data-no-numbers = { $source } says nothing of the data but NaN or infinity
    .hint = its weights are damaged: check it with fusionlab built check, or take another model
merge-data-not-finite = what was measured of { $name } in { $source } is NaN or infinite
    .hint = its weights are damaged or too large: take another model, or another text
merge-data-adapter = { CHOICE("method", $rule) } makes whole weights only: what it is told is of whole matrices
    .hint = make whole weights, or choose a rule that needs no data
merge-data-tokens = { CHOICE("method", $rule) } cannot bring the tokens of several vocabularies together
    .hint = leave out { SETTING("tokenizer", "merge") } and merge models of one vocabulary, or choose a rule that needs no data
merge-data-renamed = the files of { $source } hold { $name } otherwise than the model does, so that nothing can be measured of it
    .hint = save the model with transformers once more, or choose a rule that needs no data
merge-data-read = each model reads its text first: { $reads } passages. That takes about { $memory } MB of memory, and at most { $room } MB at { $place }, where it is kept for other merges
    .hint = lower { SETTING("examples", "merge") } to read fewer; the folder may be deleted at any time
merge-data-learned = how much of each task vector is added is learned from { $reads } passages, which takes about { $memory } MB of memory
    .hint = { PLACE() ->
        [app] lower { SETTING("steps", "merge") } where that takes too long
       *[terminal] set parameters.steps to fewer steps where that takes too long
    }
merge-data-averaged = { CHOICE("method", $rule) } is for linear layers: embeddings, norms and what else is none are averaged

## One adapter of several

merge-adapter-settings = { SETTING($settings, "merge") }: these say how adapters become one adapter, and whole weights are asked for
    .hint = choose { CHOICE("into", "adapter") } for { SETTING("into", "merge") }, or leave them out
mergekit-into-adapter = { $file } says how whole models are merged, and an adapter is asked for
    .hint = give the adapters as sources, and choose the rule under { SETTING("method", "merge") }
merge-not-adapters = only adapters become one adapter, and these are none: { $sources }
    .hint = write base+adapter, or choose { CHOICE("into", "model") } for { SETTING("into", "merge") }
merge-bases-differ = an adapter has one base, and these have several: { $bases }
    .hint = merge adapters of one base
merge-another-base = the base of these adapters is { $own }, not { $base }
    .hint = leave out { SETTING("base", "merge") }
merge-cat-rule = { CHOICE("method", $rule) } does not add changes up, so that they cannot stand side by side
    .hint = choose { CHOICE("combination", "svd") } for { SETTING("combination", "merge") }, or one of these rules: { CHOICE("method", $adding) }
merge-rank-of-cat = side by side the ranks add up, so that rank { $rank } cannot be kept
    .hint = choose { CHOICE("combination", "svd") } for { SETTING("combination", "merge") }, or leave out { SETTING("svd_rank", "merge") }
merge-rank-too-high = rank { $rank } is more than the largest projection has: { $most }
    .hint = choose { $most } or less for { SETTING("svd_rank", "merge") }; at that rank nothing is lost
merge-rank-loses = rank { $rank } leaves out a part of the changes: the adapter is off by { $lost }% of what the rule makes
    .hint = raise { SETTING("svd_rank", "merge") }, or choose { CHOICE("into", "model") } for { SETTING("into", "merge") }
merge-adapter-tokenizer = an adapter has no tokens of its own, so that { CHOICE("tokenizer", $tokenizer) } means nothing for { SETTING("tokenizer", "merge") }
    .hint = leave { SETTING("tokenizer", "merge") } out
merge-adapter-weighs-base = so told, { CHOICE("method", $rule) } multiplies the weights of the base too, which an adapter leaves as they are
    .hint = choose { CHOICE("method", "task_arithmetic") }, which adds the changes alone, or weights that add up to 1
merge-adapter-not-finite = the adapter of { $source } holds NaN or infinite numbers for { $name }
    .hint = save or train the adapter again
merge-adapter-alone = there is only one adapter, { $source }: the new one says the same but for weight and rank
    .hint = add another adapter of the same base

## mergekit's files

mergekit-unreadable = { $file } cannot be read: { $said }
    .hint = give a YAML file as mergekit takes it
mergekit-of-another-form = { $file } holds no merge
    .hint = it begins with keys such as merge_method and models
mergekit-field = { $file }, { $field }: { $said }
    .hint = see mergekit's own examples
mergekit-models-or-slices = { $file } has to have either models or slices
    .hint = models merges whole ones, slices ranges of layers
mergekit-two-tokenizers = { $file } has both tokenizer and tokenizer_source
    .hint = keep one of them
mergekit-template = { $file } names a chat template that is not known here: { $template }
    .hint = write auto, or the template itself
mergekit-ranges = the sources of a slice in { $file } have not the same number of layers: { $ranges }
    .hint = give each source a layer_range of one length
mergekit-and-sources = { $file } merges other models than the sources: { $models }
    .hint = leave out the sources, or give as many as the file has models, in this order and with nothing but their names
mergekit-unused = { CHOICE("method", $rule) } has no use for { $settings }, which other methods have
    .hint = leave them out, or choose the method that has them
