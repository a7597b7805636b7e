# A text that is written token by token: its steps, any of them in full, and their course.

tokens-strip = Tokens of the answer
tokens-empty = The tokens will appear here.
tokens-members = Members
tokens-key-weight = percentage: weight
tokens-key-decided = underline: who decided (grey: shared)
tokens-key-unsure = dot: the first member was unsure, so all were pooled
tokens-key-disputed = dot: the first member’s token was disputed, so all were pooled
tokens-key-power = number: to what power a member’s probability is raised; below 0 it counts against a token
tokens-key-supported = ring: somebody was left out
tokens-key-uncertain = square: with all probabilities another token might have won
tokens-key-pivotal = diamond: one member was pivotal
tokens-key-open = hollow diamond: not known whether a member was pivotal
tokens-key-fused = fused probability
tokens-key-alone = probability
tokens-finished = { $n ->
    [one] The answer has one token.
   *[other] The answer has { $n } tokens.
}

# Moving through the steps
tokens-controls = Move through the steps
tokens-back = Back
    .title = One step back (←)
tokens-next = Next
    .title = One step on (→)
tokens-play = Play
    .title = Play the steps (space bar)
tokens-pause = Pause
    .title = Pause (space bar)
tokens-follow = Follow the newest
    .title = Show every new token as it comes
tokens-place = Step { $step } of { $steps }
tokens-jumps = Jump to tokens worth a look
tokens-jump-unsure = Unsure · { $n }
    .title = Next token where the likeliest candidate has p below 0.5 (U)
    .back = Previous unsure token
    .back-title = Previous unsure token (Shift+U)
tokens-jump-apart = Disagreement · { $n }
    .title = Next token where the members’ first choices differ (D)
    .back = Previous disagreement
    .back-title = Previous disagreement (Shift+D)
tokens-jump-pivotal = Pivotal · { $n }
    .title = Next token where another would have won without one of the members (P)
    .back = Previous pivotal token
    .back-title = Previous pivotal token (Shift+P)
tokens-jump-pivotal-unknown = Pivotal · not known
tokens-jump-unknown = { $n ->
    [one] At one token it is not known of every member.
   *[other] At { $n } tokens it is not known of every member.
}

# One step
tokens-step = Step { $step }
tokens-described = Step { $step }: “{ $token }”, { $p }
tokens-described-by = Step { $step }: “{ $token }”, { $p }, decided by { $name }
tokens-described-end = { $token } (end)
tokens-acted = members pooled
tokens-not-acted = one member alone
tokens-left-out = left out: { $names }
tokens-certain-true = certain, whatever was not told
tokens-certain-false = not certain: too little was told
tokens-coverage = told: { $share } of the probability
tokens-fact-decided-by = decided by
tokens-fact-entropy = entropy
tokens-fact-divergence = divergence
tokens-fact-agreement = agreement
tokens-fact-pivotal = pivotal
tokens-fact-share = shares
tokens-agree = { $n } of { $of } first choices
tokens-pivotal = pivotal: { $names }
tokens-pivotal-nobody = nobody
tokens-pivotal-of-no = { $name }: no
tokens-pivotal-of-needed = { $name }: no choice without it
tokens-pivotal-next = { $before }; { $next }
tokens-pivotal-open = not known: { $names }
tokens-pivotal-open-long = not known whether pivotal: { $names }
tokens-pivotal-instead = without it
tokens-yes = yes
tokens-no = no
tokens-not-known = not known
tokens-nobody = no one alone
tokens-wanted = What each member wanted
tokens-wanted-about = Each member’s likeliest tokens, with its own probabilities.
tokens-weighed = What the fusion made of it
tokens-weighed-alone = What the model weighed
tokens-explain-stacked = A bar is a candidate’s fused probability. Each coloured part is one member’s weight × probability.
tokens-explain-grouped = The top bar is a candidate’s fused probability; below it stands what each member gave it.
tokens-explain-turns = The members take turns: the top bar is the probability of whoever writes now; below it stands what each member would have given.
tokens-explain-drawn = One member was drawn by its weight, and the token was drawn from its probabilities alone. Over many tokens this is the mean.
tokens-explain-gate = The first member was sure enough here and wrote alone. Nobody else was asked.
tokens-explain-agreed = The others would have let the first member’s token stand, so it wrote alone.
tokens-explain-signed = The top bar is a candidate’s fused probability; below it stands what each member gave it. Where a member’s number is below 0, what it likes counts for less.
tokens-explain-searched = The top bar is a candidate’s probability where the search ended; below it stands what each member gives a token of the same spelling.
tokens-explain-alone = A bar is the probability that the model gave to this token as the next one.
tokens-scale = A full bar is p = { $p }.
tokens-chosen = the chosen token
tokens-part = { $name }: { $weight } × { $p }
tokens-part-own = { $name }: { $p }
tokens-part-fused = fused: { $p }
tokens-part-unlisted = not listed: { $p }
tokens-not-asked = Not asked at this step.
tokens-want-chosen = chosen token { $p }
tokens-want-entropy = entropy { $n } nats
tokens-want-rest = all others { $share }

# Tables
tokens-table = This step as a table
tokens-caption-candidates = Step { $step }: probability of each candidate
tokens-caption-wanted = Step { $step }: what each member wanted
tokens-caption-members = Step { $step }: the members
tokens-head-step = step
tokens-head-token = token
tokens-head-p = p
tokens-head-entropy = entropy, nats
tokens-head-divergence = divergence, nats
tokens-head-candidate = candidate
tokens-head-fused = fused
tokens-head-member = member
tokens-head-weight = weight
tokens-head-chosen = chosen token
tokens-head-rest = all others
tokens-head-share = share
tokens-head-pivotal = pivotal
tokens-head-agreement = agreement

# Other weights over what was recorded
whatif-title = What if other weights had counted?
whatif-about = Move the weights, and the recorded distributions are fused anew. No model runs.
whatif-pooling = Pool
whatif-pooling-arithmetic = mean
whatif-pooling-geometric = product
whatif-pooling-maximum = maximum
whatif-pooling-minimum = minimum
whatif-pooling-majority = majority
whatif-reset = As recorded
whatif-drawn = The tokens of this run were drawn at random. Compared is the pool’s first choice at each step.
whatif-nobody = All weights are 0, so nobody is left to choose.
whatif-recorded = This is how the run was recorded.
whatif-same = { $n ->
    [one] The one token stays the same.
   *[other] All { $n } tokens stay the same.
}
whatif-same-drawn = { $n ->
    [one] The first choice stays the same at the one step. A draw could still come out differently.
   *[other] The first choice stays the same at all { $n } steps. A draw could still come out differently.
}
whatif-changed = The first change is at step { $step }: “{ $after }” would win instead of “{ $before }”. From here the text would differ: run on to see how.
whatif-changed-drawn = At step { $step } the first choice would be “{ $after }” instead of “{ $before }”, so draws would differ. Run on to see how.
whatif-unknown-any = Nothing changes before step { $step }, “{ $before }”. There the record cannot tell what would win: only each member’s likeliest tokens were kept.
whatif-unknown-between = Nothing changes before step { $step }, “{ $before }”. There the record cannot tell which of { $could } would win: they are too close, or a probability was not kept.
whatif-unknown-any-drawn = At step { $step }, now “{ $before }”, the record cannot tell what the first choice would be: only each member’s likeliest tokens were kept.
whatif-unknown-between-drawn = At step { $step }, now “{ $before }”, the record cannot tell which of { $could } would be the first choice: they are too close, or a probability was not kept.
whatif-token = “{ $token }”
whatif-show = Show step { $step }
whatif-on = Run on from here
whatif-anew = Run anew with these weights
whatif-elsewhere = To run on, open this run in the app and set these weights there.
whatif-caption = Step { $step } with these weights
whatif-head-candidate = candidate
whatif-head-recorded = recorded
whatif-head-now = with these weights
whatif-head-bar = bar
whatif-between = { $low } to { $high }
whatif-bounds = Why some values are ranges

# The course along the text
course-title = How certainty changed, token by token
course-most = The members’ probabilities differ most at { $step }, by { $nats } nats.
course-least = The next token was least certain at { $step }, with an entropy of { $nats } nats.
course-step = step { $step } (“{ $token }”)
course-entropy = What is entropy?
course-divergence = What is divergence?
course-entropy-axis = Entropy of the next token, nats
    .short = Entropy, nats
course-divergence-axis = Divergence between the members (Jensen–Shannon), nats
    .short = Divergence, nats
course-steps-axis = step
course-slider = Certainty along the text; choose a step
course-line = step { $step } · “{ $token }” · entropy { $entropy } · divergence { $divergence } nats
course-line-alone = step { $step } · “{ $token }” · entropy { $entropy } nats
course-table = The course as a table
course-caption = Entropy and divergence, step by step
course-caption-alone = Entropy, step by step
