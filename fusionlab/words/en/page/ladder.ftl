# The ladder of fusion: the same members, fused on every level.

ladder-title = The ladder of fusion
ladder-intro = The same members on one set of questions, fused on every level that fits them: from their answers down to their weights.
ladder-facts = { $items ->
    [one] One question
   *[other] { $items } questions
}, seed { $seed } · { $members } members · { $fit } of { $rungs } rungs fit · 95% confidence intervals
ladder-empty = The ladder will appear here.

## Levels and rungs

ladder-level-alone = Members alone
ladder-level-answers = Answers
ladder-level-conversation = Conversation
ladder-level-tokens = Tokens
ladder-level-weights = Weights
ladder-level-training = Training
ladder-rung-self-consistency = Self-consistency
ladder-rung-vote = Vote
ladder-rung-routing = Routing
ladder-rung-cascade = Cascade
ladder-rung-debate = Debate
ladder-rung-multi-agent-debate = Multi-agent debate
ladder-rung-mixture-of-agents = Mixture of agents
ladder-rung-ensemble-mean = Ensemble (mean)
ladder-rung-ensemble-product = Ensemble (product)
ladder-rung-merge-linear = Merge (mean)
ladder-rung-merge-ties = Merge (TIES)
ladder-rung-merge-task-arithmetic = Merge (task arithmetic)
ladder-rung-upcycled = Mixture of experts
ladder-rung-trained = Trained without members
ladder-rung-distilled = Distilled
ladder-about-self-consistency = One member answers several times, and its most frequent answer counts.
ladder-about-vote = All members answer, and the answer most like the others is elected.
ladder-about-routing = Each question goes to the one member that solved the most similar ones.
ladder-about-cascade = Members are asked in turn until one agrees with itself.
ladder-about-debate = Members read one another’s answers and revise theirs.
ladder-about-multi-agent-debate = Members answer again after reading the others, then vote.
ladder-about-mixture-of-agents = The last member writes an answer from the answers of the others.
ladder-about-ensemble-mean = Before every token the members’ probabilities are averaged.
ladder-about-ensemble-product = Before every token the members’ probabilities are multiplied: all must agree.
ladder-about-merge-linear = One model whose weights are the mean of the members’.
ladder-about-merge-ties = One model: the largest changes from the common ancestor, where their signs agree.
ladder-about-merge-task-arithmetic = One model: the ancestor plus the sum of all changes from it.
ladder-about-upcycled = One model that holds the members as experts and chooses between them at every token.
ladder-about-trained = One model trained on the same questions as the distilled one, without the members: what training alone is worth.
ladder-about-distilled = One model trained on what all members expect of each next token.

## The picture and its table

ladder-picture = How often each rung is right, with its 95% interval, and what it costs
ladder-best-line = best member: { $name }, { $share }
ladder-oracle-line = oracle: { $share }
ladder-oracle-help = The oracle is right wherever any member is.
ladder-cost-head = per question
ladder-cost = { $tokens } tokens · { $passes } passes
ladder-cost-built = to build: { $time }
ladder-cost-built-before = built before
ladder-of-member = Who answers: { $name }.
ladder-against = Against the best member: { $gain }; { $surely }.
ladder-rung-label = { $name }: right on { $share }, 95% interval { $low } to { $high }. { $verdict }
ladder-verdict = { $verdict ->
    [helped] ✓ helped
    [harmed] ✗ harmed
    [failed] ⚠ did not run
   *[unsure] ? cannot tell
}
ladder-gain = { $points } points
ladder-equal-verdict = At equal compute: { $verdict ->
    [helped] ✓
    [harmed] ✗
    [failed] ⚠
   *[unsure] ?
} { $points } points ({ $p }).
ladder-waiting = not yet
ladder-failed = ⚠ did not run: { $why }
ladder-unsuited-count = { $n ->
    [one] One rung is
   *[other] { $n } rungs are
} left out
ladder-table = The ladder as a table
ladder-head-rung = Rung
ladder-head-right = Right
ladder-head-interval = 95% interval
ladder-head-against = vs. best member
ladder-head-equal = at equal compute
ladder-head-tokens = Tokens
ladder-head-passes = Passes
ladder-head-seconds = Time
ladder-head-milliseconds = ms
ladder-head-built = Building, s
ladder-table-note = Tokens (in and out), forward passes and time are means per question. Building is paid once. At equal compute: against as many answers of the best member as the same tokens buy, elected by vote.
ladder-noticed = What to notice
ladder-notes = How to read these figures

## What to notice

ladder-names = { $before }, { $name }
ladder-most = { $name } gained most: right on { $share }, { $points } points over the best member, { $best } ({ $bestShare }; { $p }).
ladder-none-helped = No fusion is surely better than the best member. { $name } comes first with { $share }, { $points } points against { $best } ({ $bestShare }; { $p }).
ladder-at-equal = { $helped ->
    [one] One rung is better than the best member
   *[other] { $helped } rungs are better than the best member
}; with as many tokens for that member alone, { $still ->
    [0] none still is.
    [one] one still is: { $names }.
   *[other] { $still } still are: { $names }.
}
ladder-harmed = { $n ->
    [one] One rung does harm
   *[other] { $n } rungs do harm
}: { $names }.
ladder-none-ran = { $n ->
    [one] One rung did not run
   *[other] { $n } rungs did not run
}: { $names }. The reason stands at each.
ladder-oracle-left = On { $share } of the questions at least one member is right. { $name } leaves { $points } points of that unused.
ladder-oracle-passed = On { $share } of the questions at least one member is right. { $name } goes { $points } points beyond: it solves what none of them does.
ladder-cheapest = The cheapest rung that helps is { $name }: { $tokens } tokens a question, { $times } the best member’s.
ladder-built = { $n ->
    [one] One model was built
   *[other] { $n } models were built
} in { $seconds } s; the best of them, { $name }, is right on { $share } and answers with { $tokens } tokens a question, as one model does.
ladder-note-lessons = Where a rung is trained, it learned { $lessons } questions to train with, not { $most }, because few are asked.
ladder-note-choosing = Which member is asked several times ({ $best }), and what each is good at, was chosen by { $n } other questions of the suite.

## The form

ladder-run = Climb the ladder
ladder-stop = Stop
ladder-go-on = Go on
ladder-suite = Suite
ladder-items = Questions
ladder-members = Members
    .help = At least two. A suite brings members of its own.
ladder-take-members = Take the members from the form above
ladder-setup = Another suite or other members
ladder-not-here = The public demo shows the recorded ladder. FusionLab on your own machine climbs any other.
ladder-recorded = Recorded: this ladder came with FusionLab.
ladder-stopped = Stopped. What was answered is kept; Go on continues.
ladder-finished = Finished: every rung that fits has answered.
ladder-training = Training: step { $step }, loss { $loss }
