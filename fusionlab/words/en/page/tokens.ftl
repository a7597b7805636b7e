# A text that is written token by token: its steps, any of them in full, and their course.

tokens-strip = Tokens of the answer
tokens-empty = The tokens will appear here.
tokens-members = Members
tokens-key-weight = percentage: weight
tokens-key-decided = underline: who decided (grey: shared)
tokens-key-unsure = dot: the first member was unsure, so all were pooled
tokens-key-supported = ring: somebody was left out
tokens-key-uncertain = diamond: with all probabilities another token might have won
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

# One step
tokens-step = Step { $step }
tokens-described = Step { $step }: “{ $token }”, p { $p }
tokens-described-by = Step { $step }: “{ $token }”, p { $p }, decided by { $name }
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
