# The study of gates.

study-gates = Gates, and a router that collapses
    .summary = Three small models learn with nothing, an auxiliary loss or a bias to spread the work over their experts. Nine gates then route the same tokens side by side, and GShard’s layer is walked through step by step.
setting-gates-text = Text
    .help = Every byte of it is a token; the first 40 are shown.
setting-gates-experts = Experts
    .help = In the layer of experts.
setting-gates-k = Experts for each token
    .help = Side by side, where a gate leaves the number open.
setting-gates-capacity = Capacity factor
    .help = How much more than an even share an expert may take, where a gate has a capacity.
setting-gates-steps = Steps
    .help = Of the optimiser, for each of the three models.
setting-gates-trained-k = Experts for each token in training
    .help = With one, as in Switch, the rich get richer soonest.
setting-gates-coefficient = Weight of the auxiliary loss
    .help = For the model that has it. The papers take 0.01.
setting-gates-bias-rate = Step of the bias
    .help = How far it moves after each training step. The paper takes 0.001, over far more steps.
setting-gates-router-rate = Router’s learning rate
    .help = Times that of all other weights. At 1 hardly an expert starves here; at 10 several do under most seeds.
setting-gates-seed = Seed
    .help = Another one draws other first weights and other problems.

gates-text-cut = the first { $shown } of { $bytes } bytes are shown
    .hint = a shorter text is shown whole
gates-diverged = the small model’s loss is no longer a number
    .hint = choose a smaller learning rate for the router

# Learning
gates-learning = How a router starves its experts
gates-learning-note = Three models start from the same weights and read the same problems; they differ only in what spreads the work over their experts. Each band is an expert’s share of the tokens: a band that closes is an expert that has nothing to do.
gates-step = Step { $step } of { $steps }, measured on { $held } bytes that are never learned from.
gates-how = Each token goes to { $k } of { $all } experts, and the router’s learning rate is { $rate }× that of the other weights.
gates-rule-none = No balancing
    .help = Only the text’s own loss is learned from.
gates-rule-balance = Auxiliary loss
    .help = { $coefficient } · E · Σ f·P is added to it, as in GShard and Switch.
gates-rule-bias = Bias, no loss
    .help = Each expert’s bias moves by { $rate } a step: up if it read too little, down if too much.
gates-bands = { $rule }: the shares of { $all } experts up to step { $step }. The busiest reads { $share }, { $silent } read nothing.
gates-run-figures = { $silent } of { $all } silent · the busiest reads { $share } · { $nats } nats per byte
gates-nats = Nats per byte
gates-nats-picture = Nats per byte up to step { $step }: { $none } without balancing, { $balance } with the auxiliary loss, { $bias } with the bias
gates-nats-above = Not drawn: what lies above { $high }, all of it before step { $n }. The table has it.
gates-silent = Silent experts
gates-silent-picture = Silent experts up to step { $step }: { $none } without balancing, { $balance } with the auxiliary loss, { $bias } with the bias
gates-steps-axis = step { $n }
gates-learning-table = The three models as a table
gates-head-rule = Spread by
gates-head-step = Step
gates-head-nats = Nats per byte
gates-head-silent = Silent experts
gates-head-busiest = Busiest
gates-head-entropy = Entropy
gates-head-balance = E·Σ f·P
gates-head-z = z

# Side by side
gates-beside = The same tokens, nine gates
gates-beside-note = Each gate gets the same logits of one router. A filled cell is an expert (row) that reads a token (column), the stronger the more it counts; × is an expert that was wanted and is full; a red letter is a token that nobody reads. Bars count an expert’s tokens; a dashed line is its capacity.
gates-router = Logits of the router
gates-router-start = Before training
gates-tokens = Choose a token to see who reads it
gates-token = { $n }: { $token }
gates-gate-top-k = Top-k
    .help = The k largest logits, shared by their softmax (Mixtral).
gates-gate-noisy-top-k = Noisy top-k
    .help = Noise is added before the k largest are taken (Shazeer et al.).
gates-gate-gshard = GShard
    .help = The best one, a second by chance, within capacity.
gates-gate-switch = Switch
    .help = The best one only, within capacity.
gates-gate-glam = GLaM
    .help = The best two, within capacity.
gates-gate-expert-choice = Expert choice
    .help = Experts choose their tokens, all equally many.
gates-gate-fine-grained = DeepSeekMoE
    .help = One shared expert (S) reads everything, k others by softmax.
gates-gate-bias-balanced = Bias-balanced
    .help = A bias on each score, fitted to other text, moves the choice.
gates-gate-random-routed = Random routed (PanGu-Σ)
    .help = Each byte’s expert is drawn by lot once; the logits are not read.
gates-panel = { $gate }: { $pairs } readings of { $tokens } tokens, { $full } dropped because an expert is full, { $unread } tokens read by nobody
gates-reads = “{ $token }” → { $experts }.
gates-reads-none = “{ $token }” is read by nobody.
gates-reads-full = Full: { $experts }.
gates-reader = { $expert } ({ $weight })
gates-shared = S
gates-nobody = nobody
gates-no-room = none
gates-even = How even the load is, and what each loss says
gates-even-note = If all { $all } experts were used alike, the entropy would be { $most }, CV 0, peak 1 and balance 1. Shared experts are left out.
gates-head-gate = Gate
gates-head-room = Capacity
gates-head-full = Dropped
gates-head-unread = Read by nobody
gates-head-cv = CV
gates-head-peak = Peak
gates-head-losses = Auxiliary loss
gates-head-token = Token
gates-loss = { $name } { $value }, adds { $weighted }
gates-loss-importance = importance
gates-loss-load = load
gates-loss-balance = balance
gates-z = z-loss
gates-z-of = of these logits, whatever the gate: { $value }, adds { $weighted }.
gates-readings = Who reads each token, as a table

# Step by step
gates-steps = GShard’s layer, einsum by einsum
gates-steps-note = The first tokens through a layer small enough to be drawn whole, with random weights. Violet is above 0, brown below. Go through it with the buttons or the arrow keys.
gates-letters = S = { $s } (tokens), E = { $e } (experts), C = { $c } (places in each expert’s buffer), M = { $m } (numbers of a token’s vector), H = { $h } (hidden units of an expert).
gates-steps-back = Back
gates-steps-on = Next
gates-steps-of = Step { $n } of { $all }: { $name }
gates-steps-table = The numbers of this step
gates-summed = Summed over { $axes }.
gates-einsum-gates = the gate
    .help = Every token’s vector is held against each expert’s column of the router. The softmax of the results is the token’s gates, which add up to 1 in each row.
gates-einsum-mask = the dispatch mask
    .help = First choices queue for their expert, then second ones. Who still finds one of its { $places } places gets a weight there; { $full ->
        [0] here everybody does
        [one] one choice finds none and is dropped
       *[other] { $full } choices find none and are dropped
    }. The mask is 1 wherever there is a weight.
gates-einsum-dispatch = dispatch
    .help = The mask copies each token’s vector to its places. Empty places stay 0, and are computed with all the same.
gates-einsum-up = into the experts
    .help = Each expert multiplies its own buffer by its own first matrix; a ReLU then keeps what is above 0.
gates-einsum-down = out of the experts
    .help = Each expert’s second matrix leads back to vectors as wide as a token’s.
gates-einsum-combine = combine
    .help = Each token gathers what its experts made, times its weights. A token that was dropped everywhere gets 0; only the layer’s bypass carries it on.
gates-expert = E { $n }
gates-tensor = { $name }, { $shape }
gates-tensor-shape = { $axes } = { $sizes }
gates-tensor-x = Tokens
gates-tensor-router = Router
gates-tensor-gates = Gates
gates-tensor-weights = Combine weights
gates-tensor-mask = Dispatch mask
gates-tensor-sent = Buffers
gates-tensor-up = First matrices
gates-tensor-hidden = Hidden units
gates-tensor-down = Second matrices
gates-tensor-made = Experts’ outputs
gates-tensor-out = Output
gates-row = { $axis } { $n }
gates-row-of = E { $expert }, { $axis } { $n }
gates-places = Places in the buffers
gates-place-none = none free
gates-head-row = Row
gates-head-expert = Expert
gates-head-place = Place
gates-head-weight = Weight

# What is to be noticed
gates-note-start = Nothing is learned yet: the three routers are the same. Run it to see what becomes of them.
gates-note-collapse = With nothing to spread the work, { $silent } of { $all } experts read nothing after { $step } steps, and the busiest reads { $share }. Whoever is chosen learns, and is chosen the more for it.
gates-note-uneven = With nothing to spread the work, the busiest of { $all } experts reads { $share } after { $step } steps, but each still reads something: a favourite, not a collapse.
gates-note-even = With nothing to spread the work, no expert stands out after { $step } steps: the busiest of { $all } reads { $share }. Under these settings the balance came about by itself.
gates-note-balance = With the auxiliary loss { $silent ->
    [0] all { $all } experts are used
    [one] one of { $all } experts is silent
   *[other] { $silent } of { $all } experts are silent
}; the busiest reads { $share }.
gates-note-bias = With the bias, and no loss, { $silent ->
    [0] all { $all } experts are used
    [one] one of { $all } experts is silent
   *[other] { $silent } of { $all } experts are silent
}; the busiest reads { $share }.
gates-note-better = The model with the auxiliary loss also predicts better: { $balance } nats per byte against { $none }. It is one run each; other seeds may differ.
gates-note-worse = Even use has not made the model better here: { $balance } nats per byte with the auxiliary loss, { $none } without. It is one run each; other seeds may differ.
gates-note-alike = How well the models predict hardly differs: { $balance } nats per byte with the auxiliary loss, { $none } without.
gates-note-wasted = The silent experts are capacity that was paid for and is not used.
gates-note-drops = Under Switch’s capacity, { $none } of { $tokens } tokens are read by nobody with the router that nothing held even, and { $balance } with the one trained by the loss.
gates-note-choice = Expert choice is even by construction, whatever the router says; it pays for it with { $left } of { $tokens } tokens that no expert takes.
