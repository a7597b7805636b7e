# A path of models, each made of the one before: its picture, and what is worth noticing in it.

path-title = The whole path, stage by stage
path-note-reading = { $kind ->
    [zoo] Nats per byte of held-out problems of the zoo's tasks: the fewer, the better.
   *[prose] Nats per byte of a short text in English and Chinese: the fewer, the better.
}
path-note-answers = Right answers to the same { $n } questions that nothing was trained on, with 95% intervals: { $suite }.
path-reading = How well each stage reads
path-answers = What each stage answers
path-notice = What to notice
path-as-table = The numbers as a table
path-line = { $kind ->
    [grafted] The graft
    [tokens] Its donor, trained for the same tokens
   *[compute] Its donor, trained for the same compute
}
path-stage-donor = as it was
path-stage-graft = grafted
path-stage-continue = healed
path-stage-instruct = instruction-tuned
path-stage-prefer = aligned by DPO
path-stage-merge = merged
path-value = { $value } [{ $low }, { $high }]
path-head-line = Line
path-head-stage = Stage
path-head-model = Model
path-head-layers = Layers
path-head-tokens = Tokens trained on
path-head-nats = Nats per byte
path-head-right = Right answers
path-point = { $line }, { $stage } ({ $model }): { $value }, 95% interval { $low } to { $high }
path-grafted = { $worse ->
    [yes] Grafting alone makes it worse at once: with { $layers } layers in place of { $before } it needs { $graft } nats per byte where its donor needs { $donor }, and answers { $right } of { $total } questions where that one answers { $had }.
   *[no] Grafting alone does not make it clearly worse: with { $layers } layers in place of { $before } it needs { $graft } nats per byte where its donor needs { $donor }, and answers { $right } of { $total } questions where that one answers { $had }.
}
path-healed = { $much ->
    [all] Healing brings back what the graft lost: { $healed } nats per byte after { $tokens } tokens.
    [part] Healing brings back { $share }% of the nats per byte that the graft lost: { $healed } after { $tokens } tokens.
   *[little] { $tokens } tokens of healing bring back hardly anything of what the graft lost: it still needs { $healed } nats per byte.
} It answers { $right } of { $total } questions.
path-instruct = Instruction tuning: { $told ->
    [more] it answers more, { $right } of { $total } in place of { $had }.
    [fewer] it answers fewer, { $right } of { $total } in place of { $had }.
   *[open] { $right } of { $total } right in place of { $had }; { $gained } became right and { $lost } wrong, which may be chance.
} On the text it needs { $nats } nats per byte in place of { $was }.
path-prefer = DPO with pairs of its own answers: { $told ->
    [more] it helped, { $right } of { $total } right in place of { $had }.
    [fewer] it did harm, { $right } of { $total } right in place of { $had }.
   *[open] { $right } of { $total } right in place of { $had }; { $gained } became right and { $lost } wrong, which may be chance.
} On the text it needs { $nats } nats per byte in place of { $was }.
path-merged = The two aligned models merged: { $told ->
    [more] more right than the second of them, { $right } of { $total } in place of { $had }.
    [fewer] fewer right than the second of them, { $right } of { $total } in place of { $had }.
   *[open] { $right } of { $total } right, the second of them { $had }; no difference can be told.
}
path-beside = { $kind ->
    [tokens] Beside the donor, trained for the same tokens ({ $stage }):
   *[compute] Beside the donor, trained for the same compute ({ $stage }):
} { $told ->
    [more] the deeper model answers more, { $right } against { $theirs } of { $total };
    [fewer] the deeper model answers fewer, { $right } against { $theirs } of { $total };
   *[open] { $right } against { $theirs } of { $total } right, which may be chance;
} { $apart ->
    [better] it reads the text better, with { $nats } nats per byte against { $others }.
    [worse] it reads the text worse, with { $nats } nats per byte against { $others }.
   *[open] on the text no difference can be told ({ $nats } nats per byte against { $others }).
}
