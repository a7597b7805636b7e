# Compare: the form, the ways side by side, two runs next to each other.

## The form

comparer-title = One question, several ways
comparer-help = The same prompt and the same members, under as many methods as you like. A method for one model runs once for each member.
comparer-sampling = Sampling
comparer-truth = Right answer
    .none = If you know it; no model reads it
comparer-kind = Kind of answer
    .none = As the right answer says
comparer-methods = Methods
comparer-count = { $n ->
        [0] none chosen
       *[other] { $n } chosen
    }
comparer-every = All suitable
comparer-none = None
comparer-again = Add again
    .title = Run this method a second time, with other settings
comparer-leave-out = Remove
comparer-go-on = Go on
comparer-link = Copy link
comparer-download = Download this comparison
comparer-open = Open a recording

## The ways

comparing-title = Side by side
comparing-pin = Pin
comparing-pin-one = Pin: { $way }
comparing-show-all = Show all ways and figures
comparing-pin-help = Pin up to two runs to see them next to each other.
comparing-way = Way
comparing-answer = Answer
comparing-right = Right?
comparing-tokens = Tokens in + out
comparing-passes = Forward passes
comparing-seconds = Time
comparing-memory = Memory
comparing-times = vs. cheapest
comparing-no-answer = no answer
comparing-whole = The whole answer
comparing-is-right = ✓ right
comparing-is-wrong = ✗ wrong
comparing-is-waiting = waiting
comparing-is-running = running …
comparing-is-failed = did not run
comparing-is-stopped = stopped
comparing-is-unsuited = does not suit
comparing-setting = { $name }: { $value }
comparing-entries = { $n ->
        [one] 1 entry
       *[other] { $n } entries
    }
comparing-begins = Starting …
comparing-runs = { $n } of { $of } done; now: { $way }
comparing-over = { $of ->
        [one] One way, { $seconds } in all.
       *[other] { $n } of { $of } ways, { $seconds } in all.
    }
comparing-stopped = Stopped after { $n } of { $of } ways. Press Go on for the rest; what is finished stays.
comparing-scatter = Cost against right: tokens in and out, on a logarithmic scale
comparing-scatter-end = { $tokens } tokens
comparing-scatter-dot = { $way }: { $tokens } tokens

## What to notice

compare-notice-none-right = None of the { $of } ways is right.
compare-notice-right = { $n ->
        [one] One of { $of } ways is right.
       *[other] { $n } of { $of } ways are right.
    }
compare-notice-all-right = { $of ->
        [one] The only answer is right.
        [2] Both answers are right.
       *[other] All { $of } answers are right.
    }
compare-notice-cheapest-right = The cheapest right answer is that of { $way }, with { $tokens } tokens; { $dear } spent { $most }.
compare-notice-only-together = No member was right alone: here fusing helped.
compare-notice-only-alone = A member was right alone, but no fusion was: here fusing did harm.
compare-notice-same = All { $of } ways came to the same answer.
compare-notice-agree = { $n } of { $of } ways came to the same answer; { $kinds ->
        [one] there is one answer in all.
       *[other] there are { $kinds } different answers in all.
    }
compare-notice-differ = No two of the { $of } ways came to the same answer.
compare-notice-dearest = { $way } spent { $times }× as many tokens as { $cheap }.
compare-notice-failed = { $n ->
        [one] One way did not run; its row says why.
       *[other] { $n } ways did not run; their rows say why.
    }

## Two runs

pinned-title = Next to each other
pinned-cursor = Step in both
pinned-back = Back
pinned-next = Next
pinned-place = Step { $step } of { $of }
