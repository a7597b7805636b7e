# New models made of others: their sources' tensors, their plans, and what speaks against these.

## Weights as tensors

-cut-off = copy or fetch the model again: the file was cut off, or changed
weights-pickled = { $folder } holds pickled weights, { $file }, and no *.safetensors
    .hint = weights must be safetensors or GGUF: pickles can run code; where you trust them, convert them once: python -c "from transformers import AutoModelForCausalLM as M; M.from_pretrained('OLD').save_pretrained('NEW')", and copy the tokenizer's files
weights-not-here = the weights of { $ref } are not on this machine
    .hint = run fusionlab fetch { $base }
shard-shorter = { $file } ended before the tensor { $name } did
    .hint = { -cut-off }
shard-elsewhere = { $file } names a file that is not beside it: { $shard }
    .hint = copy or fetch the model again, from somebody you trust
index-names-absent = { $file } says that { $name } is in { $shard }, which does not hold it
    .hint = { -cut-off }
dtype-unknown = { $name } in { $file } is of numbers that are not known here: { $dtype }
    .hint = take weights in BF16, F16 or F32
layers-not-found = the layers of { $folder } are not to be found: no tensors are named { $path }.0 and on
    .hint = give a folder whose config.json is its own; models of several parts may keep their layers elsewhere
layers-not-one-list = a { $architecture }, as in { $folder }, has no single list of layers
    .hint = choose a model that continues a text with one stack of layers, such as a Llama or Qwen
layer-lacks = layer { $layer } in { $folder } lacks { $name }
    .hint = { -cut-off }
weights-not-finite = { $count ->
        [one] { $name } holds numbers that are NaN or infinite
       *[other] { $count } tensors hold numbers that are NaN or infinite, { $name } among them
    }
    .hint = a source holds them already, or they grew too large, by too large a weight or as they were rounded: the model will say nothing of use

## Plans

plan-refused = { $cause }
id-is-the-recipes = { $builder } names its model after the recipe, { $id }
    .hint = leave out --id
made-by-another-now = another recipe is being carried out under the name { $id }
    .hint = wait until it has ended, or give the new model another name
option-of-a-source = { PLACE() ->
        [app] { SETTING($option, $builder) } of the source { $source }: { $fault }, not { $value }
       *[terminal] option { $option } of the source { $source }: { $fault }, not { $value }
    }
    .hint = { PLACE() ->
        [app] change it in the form
       *[terminal] a source takes { $known }
    }
option-twice = the source { $source } has { $option } twice
    .hint = give it once
source-unnamed = the source { $text } names no model
    .hint = write it as REF,key=value
export-not-gguf = { $folder } cannot be written as GGUF for llama.cpp: { $why }
    .hint = export it to a folder instead; llama.cpp's own convert_hf_to_gguf.py may know it
export-cut-otherwise = llama.cpp has no tokenizer that splits text as that of { $folder } does
    .hint = export it to a folder instead
export-exists = { $place } exists already
    .hint = name a new folder
no-room = { $needed } are needed at { $place }, where { $free } are free
    .hint = free some space, or set FUSIONLAB_HOME to a folder on another disk

## Layers that a person names

range-none = no layers are named
    .hint = write ranges such as 0-24, 8-32
range-unread = { $part } is not a range of layers
    .hint = write it as 0-24, which is layers 0 to 23, or as 5 for one layer
range-empty = the range { $part } holds no layer
    .hint = its second number is that of the first layer after it: 0-24 is layers 0 to 23
range-outside = the range { $part } goes beyond the model, which has { $layers } layers
    .hint = layers are counted from 0: the whole model is 0-{ $layers }
range-too-many = these are more than { $most } layers
    .hint = name fewer
range-of-which = { $part } does not say of which source it is
    .hint = write a letter before it, as A:0-24; the sources are { $known } in their order
range-of-nobody = there is no source { $letter }
    .hint = the sources are { $known } in their order
drop-too-many = of { $layers } layers { $drop } cannot be left out on each side
    .hint = choose less than { $layers } for { SETTING("drop", "graft") }
drop-and-layers = both { SETTING("drop", "graft") } ({ $drop }) and { SETTING("layers", "graft") } ({ $layers }) are given
    .hint = { SETTING("drop", "graft") } is short for two ranges: give one of the two

## Grafting

-one-build = graft models of one family and size; others can be fused by their answers (vote, debate) or before every token (ensemble)
graft-before-healing = right after grafting, the model is worse than what it was made of
    .hint = measure it, and train it further
graft-source-unused = no layer of { $source } is used
    .hint = leave the source out, or name some of its layers
graft-left-out = of { $source } these layers are left out: { $layers }
graft-repeated = of { $source } these layers stand more than once: { $layers }
graft-beyond = { $count ->
        [one] one tensor of { $source } belongs to no layer that its config counts and is left out: { $name }
       *[other] { $count } tensors of { $source } belong to no layer that its config counts and are left out, such as { $name }
    }
    .hint = they are mostly for guessing several tokens ahead; the model speaks without them
graft-adapter-folded = the adapter of { $source } is folded into its weights
graft-rounded = { $source } is in { $dtype } and is rounded to { $wanted }, the first source's
graft-licence-unknown = the licence of { $sources } is not known, so that the new model has none
    .hint = look it up before you pass the model on
graft-licences = the sources stand under several licences: { $licences }
    .hint = whoever passes the model on has to keep all of them
graft-quantised = { $source } is quantised
    .hint = take the weights that are not
graft-by-number = layers of { $source } compute by their number ({ $setting }), so that none can stand elsewhere
    .hint = choose another model, or leave every layer where it is
graft-setting-differs = { $setting } is { $one } in { $first } and { $other } in { $second }
    .hint = { -one-build }
graft-settings-differ = { $first } and { $second } differ also in { $settings }
    .hint = { -one-build }
graft-vocabulary-differs = { $first } and { $second } differ in { $count ->
        [one] one token, { $token }
       *[other] { $count } tokens, { $token } first
    }
    .hint = { -one-build }
graft-kind-changes = layer { $layer } of { $source } would work otherwise as layer { $place }: { $difference }
    .hint = choose ranges in which every layer keeps its kind, such as multiples of the pattern in which the kinds alternate

## Upcycling

upcycle-one-expert = a mixture of one expert is the dense model
    .hint = choose 2 or more for { SETTING("experts", "upcycle") }
upcycle-few-experts = { $experts } experts are fewer than the { $sources } sources
    .hint = each source becomes at least one expert: choose { $sources } or more for { SETTING("experts", "upcycle") }, or leave sources out
upcycle-top-k = { $top_k } experts cannot read a token where there are { $experts }
    .hint = let { $experts } or fewer read each token
upcycle-no-prompts = there are no prompts for { $source }, by which its gate would be found ({ CHOICE("gates", $gates) })
    .hint = { PLACE() ->
        [app] write prompts for every source under { SETTING("positive", "upcycle") }
       *[terminal] write prompts for every source into its option positive
    }, or choose { CHOICE("gates", "random") } for { SETTING("gates", "upcycle") }
upcycle-prompts-of-copies = by prompts, each source has one expert: there are { $experts } experts of { $sources ->
        [one] one source
       *[other] { $sources } sources
    }
    .hint = copies of one source have the same prompts, so that nothing tells them apart: name as many sources as experts, or choose { CHOICE("gates", "random") } for { SETTING("gates", "upcycle") }
upcycle-prompts-cancel = the prompts for and against expert { $expert } are the same to the model
    .hint = write other prompts against it, or none
upcycle-prompt-empty = the prompt { $text } has no token
    .hint = write one that the model can read
upcycle-of-a-mixture = { $source } is a mixture of experts already
    .hint = choose a dense model; a mixture can be trained further or merged with others of its build
upcycle-no-form = no mixture that transformers can open has the layers of { $architecture }
    .hint = choose models of one of these architectures: { $known }
upcycle-always-shared = mixtures of { $architecture } always have a shared expert
    .hint = { PLACE() ->
        [app] turn { SETTING("shared", "upcycle") } on
       *[terminal] set shared to true
    }
upcycle-never-shared = mixtures of { $architecture } have no shared expert
    .hint = { PLACE() ->
        [app] turn { SETTING("shared", "upcycle") } off
       *[terminal] set shared to false
    }
upcycle-normalised = in { $form }, the weights of the chosen experts always add up to 1
    .hint = { PLACE() ->
        [app] turn { SETTING("normalised", "upcycle") } on, or take a shared expert
       *[terminal] set normalised to true, or take a shared expert
    }
upcycle-no-place = { $source } computes with { $name }, which { $form } does not do in the same way
    .hint = choose another model, or take a shared expert or none, which is another architecture
upcycle-base-unknown = nothing tells which model the sources come from: the rest is that of { $source }
    .hint = name the base, or choose { CHOICE("attention", "mean") } for { SETTING("attention", "upcycle") }
upcycle-exact = all experts begin as copies: the mixture answers as { $source } does until it is trained
upcycle-inexact = its { $experts } experts have never worked together: train it further, the routers at least
