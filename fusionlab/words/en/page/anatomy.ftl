# What a model is made of, and what it loses without each expert.

anatomy-title = What the model is made of
anatomy-intro = All weights of a model have to fit in memory; a token is computed with the { $active } only. Ablation bans each expert in turn and shows what the model loses.
anatomy-intro-active = active parameters
anatomy-model = Model
anatomy-embeddings = embeddings
anatomy-attention = attention
anatomy-dense = dense layers
anatomy-norms = norms and biases
anatomy-router = routers
anatomy-shared = shared experts
anatomy-experts = experts
anatomy-total = total
anatomy-head-kind = weights of
anatomy-head-all = all
anatomy-head-active = one token
anatomy-bar-all = All: { $n } weights
anatomy-bar-active = One token: { $n } weights
anatomy-part = { $kind }: { $n }
anatomy-dense-model = { $total } weights.
anatomy-mixture = One token is computed with { $active } of { $total } weights ({ $share }): in every layer with experts it goes to { $chosen } of { $experts }.
anatomy-why = The experts hold { $experts } of all weights. Attention holds { $attention }; it is there once, however many experts there are.
anatomy-mixtral = In the same way, Mixtral 8×7B needs memory for { $total } billion weights, not for 8 × 7 = 56, and computes a token with { $active } billion (counted from its configuration; arXiv 2401.04088 says 47 and 13).
anatomy-table = Weights as a table
anatomy-caption = Weights of { $ref }

ablation-title = What each expert is worth
ablation-text = Text to read
    .help = Each expert is banned in turn, and the text read again. At least two sentences are needed to say how sure a difference is.
ablation-run = Ablate each expert
ablation-stop = Stop
ablation-working = Reading without one expert after another …
ablation-waits = Waiting for its turn …
ablation-stopped = Stopped. What was found so far is shown.
ablation-about = A cell tells how many nats per byte the text costs more without this expert. Hatched cells were not tried: no token chose these experts, so without them nothing changes.
ablation-own = { $n ->
    [one] One piece
   *[other] { $n } pieces
} of { $bytes } bytes: { $nats } nats per byte with all experts{ $right ->
    [none] .
   *[other] , { $right } right.
}
ablation-cell = Without expert { $expert } of layer { $layer }: { $nats } nats per byte ({ $interval })
ablation-cell-wait = Expert { $expert } of layer { $layer } is still to be tried
ablation-cell-silent = No token chose expert { $expert } of layer { $layer }
ablation-interval = 95%: { $low } to { $high }
ablation-no-interval = too few pieces for an interval
ablation-most = The text is hardest without expert { $expert }{ $layer ->
    [none] {""}
   *[other] {" "}of layer { $layer }
}: { $nats } nats per byte more over { $n } pieces.
ablation-most-unsure = The text is hardest without expert { $expert }{ $layer ->
    [none] {""}
   *[other] {" "}of layer { $layer }
}, with { $nats } nats per byte more; { $n ->
    [one] one piece is
   *[other] { $n } pieces are
} too few to be sure of it.
ablation-hurts = Of { $of } experts that were banned one by one, the intervals say of { $n } that the text needs them, and of { $helps } that it is easier without them. Among so many, one in twenty may be chance.
ablation-silent = { $n ->
    [one] No token chose one of the experts; without it nothing changes.
   *[other] No token chose { $n } of the experts; without them nothing changes.
}
ablation-table = Every expert as a table
ablation-caption = Without each expert
ablation-everywhere = all
ablation-head-layer = layer
ablation-head-expert = expert
ablation-head-nats = nats/byte
ablation-head-interval = 95%
ablation-head-right = right
ablation-what = What is read
ablation-what-text = A text of one’s own
ablation-items = Questions
    .help = They are answered again for every expert, so the fewer there are, the faster it goes, and the less sure the differences are.
ablation-shows = The cells show
ablation-shows-nats = nats per byte
ablation-shows-right = right answers
ablation-about-right = A cell tells by how many percentage points the right answers change without this expert. Hatched cells were not tried: no token chose these experts.
ablation-working-of = Expert { $done } of { $of } …
ablation-cell-right = Without expert { $expert } of layer { $layer }: { $right } points of right answers ({ $interval })
ablation-holm = All { $of } experts looked at together (Holm), { $n ->
    [0] none makes
    [one] one makes
   *[other] { $n } make
} the text surely harder or easier to read, over { $items ->
    [one] one piece
   *[other] { $items } pieces
}.
ablation-holm-right = All { $of } experts looked at together (Holm), { $n ->
    [0] none surely changes
    [one] one surely changes
   *[other] { $n } surely change
} how many of { $items } questions are right.
ablation-head-p = p (Holm)
