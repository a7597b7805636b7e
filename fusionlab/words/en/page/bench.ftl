# A benchmark's report: verdicts, the picture of cost, accuracy, items.

bench-empty = The report will appear here.
bench-facts = { $items ->
    [one] One question
   *[other] { $items } questions
}, seed { $seed } · { $contenders ->
    [one] one contender
   *[other] { $contenders } contenders
} · 95% confidence intervals
bench-facts-incomplete = { $items ->
    [one] One question
   *[other] { $items } questions
}, not all answered yet, seed { $seed } · { $contenders ->
    [one] one contender
   *[other] { $contenders } contenders
} · 95% confidence intervals
bench-explained = Explained:
bench-stale = This report belongs to another set-up. Press Run to measure the one above.

## Verdicts

bench-helped = ✓ Fusion helped
bench-unsure = ? Cannot tell
bench-harmed = ✗ Fusion did harm
bench-failed = ⚠ Did not run
bench-nothing-fused = No method has answered yet, so there is no verdict.
bench-other-verdicts = The other methods
bench-verdict-of = { $name }: { $verdict }
bench-lead = { $name } was right on { $share } of { $n } questions; { $rival } alone, { $among ->
    [one] the only member
   *[other] the best of { $among } members
}, on { $rivalShare }.
bench-lead-graded = { $name } scored { $share } on { $n } questions; { $rival } alone, { $among ->
    [one] the only member
   *[other] the best of { $among } members
}, { $rivalShare }.
bench-evidence = A difference of { $points } points, 95% interval { $interval } ({ $p }, { $test ->
    [mcnemar] McNemar’s test
    [sign_flip] sign-flip test
   *[other] paired bootstrap
}).
bench-evidence-few = A difference of { $points } points; too few questions for an interval ({ $p }, { $test ->
    [mcnemar] McNemar’s test
    [sign_flip] sign-flip test
   *[other] paired bootstrap
}).
bench-too-close = The difference is too small to say whether fusion helps.
bench-too-few = { $n ->
    [one] One question is
   *[other] { $n } questions are
} too few to tell.
bench-left-out = { $n ->
    [one] One more question is
   *[other] { $n } more questions are
} left out, because a run failed there.
bench-left-out-sure = { $n ->
    [one] One more question is
   *[other] { $n } more questions are
} left out, because a run failed there; that could not reverse the verdict.
bench-equal = The same compute would buy { $samples ->
    [one] one sample
   *[other] { $samples } samples
} of { $rival } alone: right on { $share }, { $outcome ->
    [helped] less than the fusion
    [harmed] more than the fusion
   *[other] too close to tell apart
} ({ $p }).
bench-equal-failed = There is no comparison at equal compute. { $why }
bench-did-not-run = { $name } did not run: { $total ->
    [one] its only run failed
   *[other] all { $total } runs failed
}, most often with: { $error }
bench-failed-often = { $name } failed in { $failed } of { $total } runs, too often to be judged; most often with: { $error }
bench-no-rival = There is no verdict on { $name }: no member ran alone often enough to compare it with.
bench-no-verdict = There is no verdict on { $name }. { $why }

## What a reader has to know

bench-notes = How to read these figures
bench-note-few-samples = { $name }: a vote of one or two samples is only the first of them.
bench-note-failed = { $name }: { $failed } of { $total } runs failed and count as neither right nor wrong; most often with: { $error }
bench-note-holm = Each p is corrected for { $n } comparisons (Holm).
bench-note-favoured = The best of { $n } members was chosen on these same questions, so a fusion meets a favoured rival; the p of one that falls behind counts { $n } times.
bench-note-broken = { $count ->
    [one] One broken line was
   *[other] { $count } broken lines were
} left out; the first: { $first }
bench-note-incomplete = Not all questions are answered yet; the figures are of those that are.
bench-note-costs = Tokens (in and out), forward passes and time are means per question. Questions are answered in batches, which share the time.

## The picture of cost

costs-title = What does being right cost?
costs-term = Pareto front
costs-help = Further up is right more often, further left is cheaper. The line joins those that nobody beats at both.
costs-x = tokens per question, in and out (logarithmic)
costs-x-narrow = tokens per question (log)
costs-y = right
costs-y-graded = score
costs-picture = Share of right answers against tokens per question. The table below has the same figures.
costs-front = Pareto front: nobody is right more often for fewer tokens
costs-oracle = some member right: { $share }
costs-point = { $name }: { $share } right at { $tokens } tokens per question

## Accuracy

bench-accuracy = How often was each right?
bench-accuracy-region = Accuracy and cost of each contender
bench-right = right
bench-score = score
bench-interval = 95% interval
bench-over-best = points over the best alone
bench-tokens = tokens
bench-passes = passes
bench-time = time
bench-single = alone
bench-fusion = fusion
bench-baseline = same compute
bench-best = best alone
bench-contender = contender
bench-baseline-name = { $member } × { $samples }, as many tokens as { $fusion }
bench-of = { $right } of { $total }
bench-mean-of = mean of { $total }
bench-blank = { $n } gave no answer
bench-errors = { $n } failed
bench-not-yet = not yet
bench-all-failed = ⚠ Did not run: { $n ->
    [one] the only run failed
   *[other] all { $n } runs failed
}
bench-no-verdict-short = ⚠ no verdict
bench-few = too few for an interval
bench-against = 95% interval { $low } to { $high } points, { $p }, { $n } questions

## Folded

bench-items = Question by question
bench-items-count = Question by question ({ $n })
bench-tasks = Task by task
bench-agreement = Do the members fail together?
bench-agreement-help = Correlation φ of being wrong: 1 where two always fail on the same questions, 0 where their errors have nothing in common. Fusion has most to gain where it is low.
bench-agreement-term = complementarity
bench-oracle = How much was there to win?
bench-oracle-help = At least one of { $members } members was right on { $right } of { $total } questions ({ $share }, 95% interval { $low } to { $high }). Choosing among the members’ answers cannot do better.
bench-oracle-term = oracle
bench-oracle-heads = Questions by how many members were right
bench-oracle-right = members right
bench-oracle-items = questions
bench-oracle-share = share of all
bench-task-cell = { $right } of { $total }

## Questions

items-show = Show
items-all = All
items-gained = Fusion gained
items-lost = Fusion lost
items-split = Members disagree
items-nobody = Nobody was right
items-region = Questions by contender
items-shown = { $shown } of { $total } questions
items-question = question
items-truth = right answer
items-none = There is no such question.
items-more = Show more questions
items-failed = failed
items-no-answer = no answer
items-nothing = (nothing)
items-waiting = not answered yet
items-right = right
items-wrong = wrong
items-open = Open this run
items-close = Close
items-task = task: { $task }
items-hint = Choose a question to read in place what everyone answered.

## To take away

bench-files = Take it with you
bench-file-report = Report (one HTML file)
bench-file-contenders = Contenders (CSV)
bench-file-items = Questions (CSV)
bench-file-results = All data (JSON)
