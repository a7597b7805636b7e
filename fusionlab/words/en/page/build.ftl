# The Build tab: the form that builds, its plan, and what was built.

build-title = Build a new model out of others
build-intro = Choose sources and settings. The plan on the page follows every change; nothing is built until you press Build.
build-builder = How
build-source = { $letter ->
    [none] Source
   *[other] Source { $letter }
}
build-source-letter = Source { $letter }
build-source-only = Source
build-add-source = Add a source
build-remove-source = Remove
build-more-options = More for this source
build-more-settings = More settings
build-over-depth = Over the layers
build-one-number = One number for all layers
build-curve-point = { $label }, point { $at } of { $of }
build-curve-first = first layer
build-curve-last = last layer
build-usual = by default
build-usual-is = by default { $value }
build-by-part = By part of a layer
build-part-self-attn = attention
build-part-mlp = MLP
build-part-rest = everything else
build-part-of = { $label }: { $part }
build-every = { $label }, of every source
build-every-help = Holds for all sources that say nothing of their own.
build-left-out = { $n ->
    [one] The link gives a setting that does not count with the others, and it was left out: { $names }.
   *[other] The link gives settings that do not count with the others, and they were left out: { $names }.
}
build-data-file = File: { $file }
build-data-none = Choose data
build-data-generated = Generated questions
build-data-suites = Suites, their questions to train with
build-data-sampled = Pairs of the model’s own answers
build-data-choose = Choose a file of this computer
build-id = Name of the new model
build-id-help = Small letters, digits, dots, hyphens and underscores; the first and the last is a letter or digit. By default it is named after its first source.
build-run = Build
build-stop = Stop

## The picture

build-new-layers = New model: { $n ->
    [one] one layer
   *[other] { $n } layers
}
build-layer-times = ×{ $n }
build-layer-used = Layer { $layer } of source { $source }: { $n ->
    [0] left out
    [one] used once
   *[other] used { $n } times
}
build-layer-from = Layer { $layer } of the new model is layer { $from } of source { $source }.
build-stack-in = text comes in here
build-stack-up = A text goes through the layers from bottom to top. Drag the round handles, or move them with the arrow keys.
build-stack-twice = { $n ->
    [one] One layer stands in the new model more than once: strong frame.
   *[other] { $n } layers stand in the new model more than once: strong frames.
}
build-stack-left = { $n ->
    [one] One layer is left out: dashed.
   *[other] { $n } layers are left out: dashed.
}
build-layers-table = Ranges of layers as a table
build-head-range = Range
build-head-source = Source
build-head-from = Layers there
build-head-to = Layers in the new model
build-handle-first = Range { $range }: first layer of source { $source }
build-handle-last = Range { $range }: end in source { $source }
build-handle-value = layers { $first } to { $last }
build-ranges-free = Set every range freely
build-ranges-seam = Back to one seam
build-range-add = Add a range
build-range-remove = Remove the last range

## The plan

build-figures = The new model in figures
build-fact-id = Reference
build-fact-layers = Layers
build-fact-parameters = Parameters
build-fact-bytes = Size on disk
build-fact-memory = Memory while building
build-fact-licence = Licence
build-fact-lineage = Made of
build-fact-seconds = Built in
build-parameters = { $n ->
    [one] one
   *[other] { $count }
}
build-licence-none = not known
build-doctor = Before you build
build-finding-refused = Not possible:
build-finding-warning = Careful:
build-finding-note = Note:
build-nothing-found = No problems found.
build-planning = Working out the plan …
build-builds-first = Its source is built first, by its own recipe, when you press Build.
build-fetches = It is fetched first when you press Build.
build-picture-before = The picture is still that of the last set-up that could be planned.
build-plan-refused = This cannot be built; the reason stands in the plan.
build-not-here = This public demo shows plans and recorded results, and builds nothing. On your own machine, FusionLab does.
build-taken = A model named { $id } is here already. By the same recipe it is not built again; for another one choose another name.
build-left-at = { $kept ->
    [0] A model named { $id } is here already, stopped at step { $step } of { $steps }.
   *[other] A model named { $id } is here already, of step { $kept }; a later training of it was broken off after step { $step } of { $steps }.
} The same set-up goes on from there; for another one choose another name.
build-taken-by-another = A model named { $id } is here already, made by another recipe. To build this one choose another name, or remove that model below.
build-aside = Leave it, begin another
build-broken-off = { $steps ->
    [0] The training of { $id } was broken off after step { $step }
   *[other] The training of { $id } was broken off after step { $step } of { $steps }
}. Go on continues from there.
build-at-work = { $id } is being trained at this moment, on another page or in a terminal. Load the page again to see what became of it.
build-go-on = Go on
build-stopping = Stopping: what was learned so far is being written …
build-resume = Stopped. Press Build again to resume.

## How it went

build-finished = Finished: the new model is in the picker of every tab.
build-stopped = Stopped. Nothing was left under the new name.
build-stopped-at = { $kept ->
    [0] Stopped at step { $step } of { $steps }. The model stands as it is now; Go on continues from there.
   *[other] Broken off after step { $step } of { $steps }. The model is still that of step { $kept }; Go on continues from step { $step }.
}
build-recorded = A recorded result. Press Build to make the model here.
build-proof = After building: { $said }.
build-adapter-exact = It is an adapter of rank { $rank }, which holds everything that the rule makes.
build-adapter-error = It is an adapter of rank { $rank }: of what the rule makes it is off by { $lost }%, most of all in layer { $layer }, by { $most }%.
build-not-finite = Some tensors hold numbers that are NaN or infinite: { $tensors }.
build-entropy = In { $steps } steps, the entropy of its predictions of the data went from { $before } to { $after } nats per token.

built-title = Your new model
built-title-recorded = What it comes to
built-recorded-help = Recorded when the app was made. Build it here to talk with it.
built-links = Go on with it
built-chat = Talk with it
built-compare = Compare with its parents
built-debate = Let it debate with them
built-measure = Measure it
built-stale = This model belongs to another set-up. Press Build.
built-shelf = { $n ->
    [one] One model was built on this machine
   *[other] { $n } models were built on this machine
}
built-rungs = { $n ->
    [one] One of them was made by a ladder
   *[other] { $n } of them were made by ladders
}
built-export = Take away
built-export-what = Take away { $id } as a file
built-export-ask = As which file?
built-export-zip = Folder for transformers (.zip)
built-export-gguf = GGUF for llama.cpp
built-export-not = Not now
built-gguf-asked = Checking whether llama.cpp can read this model…
built-exported = Download { $name }
built-remove = Remove
built-open = Show
built-open-what = Show { $id }
built-remove-what = Remove { $id }
built-remove-ask = Remove { $id } from this machine?
built-heirs = Built of it: { $heirs }. These stay.
built-keep = Keep it
built-remove-yes = Remove it
built-removed = { $id } is removed.
taught-title = { $n ->
    [one] How a model that came with FusionLab learned
   *[other] How { $n } models that came with FusionLab learned
}
taught-open = How it learned
taught-open-what = How it learned: { $name }

## What a distilled model learned of its sources

distil-told-mince = { $source }: { $nats } nats per byte, the best in { $share } of the texts; { $aligned } of the learned tokens follow one of its own, { $copied } take its distribution, for { $certain } the next token is certain
distil-told-avgce = { $source }: { $nats } nats per byte, { $share } of the mixture on average; { $aligned } of the learned tokens follow one of its own, { $copied } take its distribution, for { $certain } the next token is certain
distil-told-uld = { $source }: { $nats } nats per byte; { $aligned } of the learned tokens follow one of its own, whose probabilities they take
mixed-title = What each source gave
mixed-note = The share of each source in the distributions that were learned beside the text.
mixed-head-source = Source
mixed-head-nats = Nats per byte of the text
mixed-head-share = Share
mixed-head-aligned = Learned tokens that follow one of its own
mixed-head-copied = … that take its distribution
mixed-head-certain = … whose next token is certain
mixed-head-exact = Its tokens that the target has

lowered-title = How the weights were learned
lowered-note = Each step lowers the entropy of the merged model’s predictions of the data. On rows that stayed the same, it went from { $before } to { $after } nats per token; each step reads rows of its own, so the curve is rougher.
lowered-curve = Entropy of each step’s rows
lowered-axis = Entropy, nats per token
lowered-map = What was added to each model’s weight, by layer
lowered-first = before
lowered-last = after
lowered-cell = { $ref }, { $place }: { $shift }
