# What is found of a model after it was built: whether it works, and how it differs from its parents.

proof-same = it is the same as { $parent }: all its weights are equal
    .hint = choose other settings if that was not meant
proof-same-nearly = it says the same as { $parent } (KL { $kl } nats per token)
    .hint = choose other settings if that was not meant
proof-works = it works: { $nats } nats per byte on the test text, { $better ->
        [yes] better than its best parent { $parent } with { $best }
       *[no] where its best parent { $parent } has { $best }
    }
proof-works-alone = it works: { $nats } nats per byte on the test text; no parent is here to compare it with
proof-unhealed = it is worse than { $parent } before healing: { $nats } nats per byte on the test text instead of { $best }
    .hint = this is usual for a graft: train it further
proof-damaged = it is damaged: { $nats } nats per byte on the test text, where its best parent { $parent } has { $best }: { $lost }% of that parent’s lead over mere chance is lost
    .hint = do not use it: look at where the weights went far, and build it with other settings or sources
proof-not-finite = it is damaged: { $count ->
        [one] one tensor holds
       *[other] { $count } tensors hold
    } NaN or infinite numbers, { $tensors }
    .hint = the sources may hold them, or they overflowed in 16 bits: build it in float32 or from other sources
proof-ids-beyond = it is damaged: { $count ->
        [one] one token has
       *[other] { $count } tokens have
    } an id beyond the embeddings, { $tokens }
    .hint = its tokenizer belongs to another model: build it with the tokenizer of the base
proof-no-numbers = it is damaged: what it computes are no numbers
    .hint = its sums overflow: build it in float32 or bfloat16
proof-unread = it is damaged: it cannot read a text, { $cause }
    .hint = look at its settings and its tokenizer, and build it from other sources
proof-far = { $count ->
        [one] Layer { $layers } is
       *[other] Layers { $layers } are
    } far from those of every parent.
proof-all-far = { $layers ->
        [one] Its only layer is
       *[other] All its { $layers } layers are
    } far from those of every parent.
proof-everywhere = { $count } of its { $layers } layers are far from those of every parent.
proof-nowhere = No layer is far from those of the parents: it is the whole that does not fit.
proof-seams = { $count ->
        [one] Layer { $layers } follows another one than it was trained to follow.
       *[other] Layers { $layers } follow others than they were trained to follow.
    }
proof-other-vocabulary = { $parent } has other tokens, so that their predictions cannot be compared one by one
proof-kl-no-number = the predictions cannot be compared with those of { $parent }: some are no numbers
proof-impossible = it was not examined: { $cause }
    .hint = the model stands; once the cause is mended, run fusionlab built check { $id }
proof-failed = the examination broke off: { $said }
    .hint = if it happens again, report it with the model's recipe
sweep-of-what = { $models } models and { $points } points are no sweep
    .hint = name two or three models, and 2 to { $most } points of a side
sweep-not-kept = the sweep is not kept for later: { $said }
    .hint = make room in FusionLab's home, or let it be written to
sweep-tensor = the files have no tensor for { $name } as it stands in the model
    .hint = merge at single points with fusionlab build merge

## As the command line tells it

cli-proof = After building: { $said }.
cli-proof-parent = { $parent }: { $nats } nats per byte{ $kl ->
        [none] {""}
       *[other] , KL { $kl } nats per token
    }{ $moved ->
        [none] {""}
        [0] ; its weights are equal
       *[other] ; weights moved by up to { $moved }% ({ $where })
    }
cli-proof-parent-lacking = { $parent } is not compared: { $cause }
cli-proof-accord = Away from { $base } the parents agree by a cosine of { $cosines }; where two or more moved an element, { $conflicts }% of the signs disagree.
cli-proof-suite = { $suite }, { $total } questions: { $rows }
cli-proof-suite-row = { $ref } { $share }% [{ $low }–{ $high }]
cli-proof-place = { $layer ->
        [none] { $kind }
       *[other] layer { $layer }, { $kind }
    }
cli-help-no-proof = do not examine the model after building it
cli-help-built-check = examine one again: does it work, how far is it from its parents
cli-help-proof-suite = a suite that it and its parents answer; fitting takes those its parents can solve
cli-help-proof-items = questions of each such suite; default { $default }
cli-help-sweep = how well the models between two or three others know the test text; writes none
cli-help-sweep-points = points of a side; default { $default }
cli-help-sweep-suite = a suite that every point answers too; may be repeated
cli-help-sweep-items = questions of a suite at every point, and as many by which a point is chosen; default { $default }
cli-sweep-answers = { $suite } { $right }/{ $total }
cli-sweep-best = { $suite }: best at { $weights } by { $choosing } other questions; there { $share }% right of { $total } (95%: { $low }–{ $high }%)

## A path of models

cli-help-path = builds all models of a recipe one after the other, and holds them side by side
cli-help-path-recipe = a recipe of several builds with a table [path], or the name of one that came with FusionLab
cli-help-path-out = a file for the record
cli-path-stands = { $reference } stands
cli-path-line = { $kind ->
    [grafted] the graft
    [tokens] its donor, trained for the same tokens
   *[compute] its donor, trained for the same compute
}
cli-path-row = { $ref }: { $nats } nats per byte, { $share }% of { $total } right [{ $low }–{ $high }]
path-none = the recipe has no table [path], so that it is not known which models follow one another
    .hint = add [path] with a suite, and [[path.line]] with a kind and the models; docs/solar.md has one
path-no-number = what { $ref } expects of the text is no number
    .hint = train it with a lower learning rate
