# How what several models expect of a text is put together: the aligner.

aligned-title = How sources are put together
aligned-intro = Before a model is trained on what several others expect, their tokens are { $aligned } with its own, and their distributions are { $moved } to its vocabulary and mixed. Here one short text shows each step.
    .aligned = aligned
    .moved = moved
aligned-study = See how several tokenizers cut any text
aligned-recorded = This is a recording.
aligned-set-up = Text and models
aligned-run = Show it
aligned-stop = Stop
aligned-text = Text
    .help = A blank line parts passages. What stands before ||| is read as a question, and not learned.
aligned-target = Target: the model that is trained
aligned-source = Source { $number }
aligned-trained = The target after a training
    .help = A distilled model, if there is one already.
aligned-no-trained = Without it
aligned-rule = How sources are mixed
aligned-rule-mince = MinCE: the best one of a passage
aligned-rule-avgce = AvgCE: all, the better the more
aligned-vocabulary = How tokens are mapped
aligned-vocabulary-mined = MinED: the nearest token
aligned-vocabulary-em = EM: equal tokens only
aligned-alignment = How positions are aligned
aligned-alignment-bytes = By bytes of the text
aligned-alignment-warped = By time warping, as published
aligned-waits = Waiting for its turn …
aligned-working = Working …
aligned-stopped = Stopped. What is shown is from before.
aligned-changed = The form says something else by now; run it again to see that.

aligned-target-is = ◎ Target: { $name }
aligned-key-copied = distribution taken
aligned-key-certain = the next token for certain
aligned-key-own = the target’s own
aligned-key-asked = only read
aligned-passage = Passage { $number }
aligned-passage-of = Passage { $number }: tokens of the target, with those of the sources above and below
aligned-nats = Nats per byte:
aligned-nats-own = target { $nats }
aligned-nats-trained = after training { $nats }
aligned-share = share { $share }
aligned-wins = taken
aligned-position = { $token }, position { $n } of { $all }: { $how }
aligned-how-copied = the distribution of { $name } is taken
aligned-how-mixed = mixed of { $n } sources
aligned-how-certain = the next token is expected for certain
aligned-how-own = the target’s own distribution stands
aligned-after = After { $token }: what comes next?
aligned-right = Right is { $token }.
aligned-fused = Fused
aligned-own = Target before
aligned-own-trained = Target after training
aligned-source-copied = Exactly one of its tokens stands here, and it is the target’s: its distribution is taken.
aligned-source-called = Its { $theirs } counts as { $ours }.
aligned-source-lost = { $n ->
    [one] One of its likeliest tokens has no counterpart and is left out.
   *[other] { $n } of its likeliest tokens have no counterpart and are left out.
}
aligned-source-other = One of its tokens stands here, but not this one: { $tokens }. So the next token is expected for certain.
aligned-source-several = Several of its tokens stand here: { $tokens }. So the next token is expected for certain.
aligned-source-none = None of its tokens stands here, so the next token is expected for certain.
aligned-source-own = It expects nothing that the target has a token for: the target’s own distribution stands.
aligned-source-unused = It has no share in this passage.
aligned-late = As published: one step late
aligned-late-same = Here a distribution is taken, so that both are the same.
aligned-late-differs = Where nothing aligns, the published code puts the token that has just been read, { $token }, where the next one, { $next }, belongs.
aligned-late-right = Right
aligned-late-published = As published
aligned-scale = Full width is p = { $p }.
aligned-table = All positions as a table
aligned-table-of = Positions of passage { $number }
aligned-head-after = After
aligned-head-next = Right next token
aligned-head-stands = { $name }: what stands there
aligned-head-from = Taken from
aligned-head-fused = Fused p
aligned-head-own = Target p
aligned-head-trained = After training p
aligned-head-published = As published p
aligned-table-certain = certain
aligned-table-own = target’s own
aligned-notice = What to notice

aligned-note-taken = At { $taken } of { $all } positions a source’s distribution is taken{ $certain ->
    [0] { "" }
   *[other] ; at { $certain } no source token is the target’s, and the next token is expected for certain
}{ $own ->
    [0] { "" }
   *[other] ; at { $own } the target’s own stands
}.
aligned-note-wins = { $name } is taken in { $n } of { $of } passages: there it has the fewest nats per byte.
aligned-note-wins-one = { $name } is taken: it has the fewest nats per byte, { $nats }.
aligned-note-share = { $name } has the largest share on average: { $share }.
aligned-note-better = { $passage ->
    [0] After
   *[other] In passage { $passage }, after
} { $token }, the fused distribution puts { $fused } on the right next token { $next }, the target alone { $own }.
aligned-note-worse = { $passage ->
    [0] After
   *[other] In passage { $passage }, after
} { $token }, the fused distribution is worse than the target alone: { $fused } instead of { $own } on the right next token { $next }.
aligned-note-called = There MinED counts the source’s { $theirs } as { $ours }, which is only the nearest token.
aligned-note-learned = The trained target has learned that mistake: it puts { $p } on { $token } there.
aligned-note-late = As published, { $n ->
    [one] one position is
   *[other] { $n } positions are
} one step late: the token just read is expected again.
aligned-note-mean = Where distributions are taken, the fused one puts { $fused } on the right next token on average, the target alone { $own }.
aligned-note-trained = After training, the target puts { $trained } on the right next token on average; before, { $own }.
