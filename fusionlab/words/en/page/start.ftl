# What the first page says.

start-promise = Watch several language models become one, and find out whether that helps.
start-lead = Everything runs on this computer, step by step, with every probability in view.
start-picture = Two voices, one sentence
start-picture-about = A recorded run. One small model is asked twice, once as a geographer and once as a poet. At every step each of them gives a probability to each possible next token; half of one and half of the other are added, and the token with the longest bar is written.
start-prompt = Prompt
start-text = Text so far
start-together = Together
start-caption-agreed = { $n ->
    [1] Here the model wanted “{ $token }”, and that is what it wrote.
    [2] Here both wanted “{ $token }”, so together they wrote it.
   *[other] Here all { $n } wanted “{ $token }”, so together they wrote it.
}
start-caption-apart = Here { $wants }; together they chose “{ $token }”.
start-caption-other = Here { $wants }; yet “{ $token }” was drawn.
start-wants = the { $name } wanted “{ $token }”
start-wants-next = { $before }, { $next }
start-caption-alone = Here “{ $token }” was chosen.
start-scale = A full bar means { $p }.
start-step = Step { $step } of { $total }
start-keys = Keys: ← → for a step, space to play or pause.
start-play = Play
    .title = Let the steps go by on their own
start-pause = Pause
    .title = Stop here
start-back = Back
    .title = One step back
start-on = Next
    .title = One step on
start-run = Run it yourself
    .title = Opens this example with its settings, ready to run
start-new-words = New words

start-places = { $n ->
    [one] One place where models can be fused
    [2] Two places where models can be fused
    [3] Three places where models can be fused
    [4] Four places where models can be fused
    [5] Five places where models can be fused
   *[other] { $n } places where models can be fused
}
start-tools = And does it help?
start-tries = Try this
start-tries-about = Each opens a recorded run, which you can change and run again. These small models read English only.

start-idea-tokens = Before each token
    .text = All models say how likely every next token is. One rule makes a single choice of it: an ensemble.
start-idea-answers = Among finished answers
    .text = Each model writes its own answer. A vote, a judge or a router decides which one counts.
start-idea-conversation = In conversation
    .text = Models read what others wrote, or what they wrote themselves, and answer again.
start-idea-inside = Inside one model
    .text = One model holds many experts. A gate sends each token to a few of them.
start-idea-build = Into a new model
    .text = Layers or weights of several models become one model, which you can talk with at once.
start-idea-compare = Compare
    .text = Ask one question in several ways and see the answers and their costs side by side.
start-idea-measure = Measure
    .text = Give a whole set of questions to several methods: how often is each right, how certain is that, and what does it cost?

start-try-words = Who writes “City of Love”?
    .text = A geographer and a poet write one sentence. Set the geographer’s weight to 0 and run again: “Love” becomes “Light”.
start-try-votes = One sum, worked out several times
    .text = The same small model solves a problem again and again, and the most frequent answer wins. Is the majority right?
start-try-experts = Letters and sums in one model
    .text = Each token goes to one of eight experts. See whether letters and digits go to different ones.

start-glossary = All the words, explained
