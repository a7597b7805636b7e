# A text that goes through experts: who reads which token, and how the work is spread.

experts-title = Which expert reads which token
experts-empty = The tokens and their experts will appear here.
experts-layers = Colour by layer
experts-follow = Follow the newest
experts-thinned = This run is too large to show every choice: the experts of { $n } of { $of } tokens are shown. The figures below count all of them.
experts-about-several = A token’s colour and number are those of its heaviest expert: layer { $layer } gives every token to { $active } of its { $experts } experts.
experts-about-one = A token’s colour and number are those of the expert, one of { $experts }, to which layer { $layer } gives it.
experts-about-served = A token’s colour and number are those of the first of the { $active } experts that the server names in layer { $layer }. With which weights they work, and how many experts a layer has beside those seen here, it does not tell.
experts-about-dense = { $n ->
    [one] Layer { $layers } is dense
   *[other] Layers { $layers } are dense
}: every token goes through all of it.
experts-about-spot = Only what expert { $spot } of layer { $layer } reads stands out; choose its cell again to see everything.
experts-about-shared = { $n ->
    [one] One shared expert reads every token as well.
   *[other] { $n } shared experts read every token as well.
}
experts-strip = Tokens of { $prompt }
experts-strip-of = Tokens of { $letter }: { $prompt }
experts-prompt = { $plain ->
    [true] { $letter ->
        [A] A: with steering
       *[other] { $letter }: without steering
    }
   *[false] Prompt { $letter }
}
experts-answer = answer
experts-given = given beginning
experts-token = { $of ->
    [none] Token { $position }
   *[other] Token { $position } of { $of }
}: “{ $token }”
experts-described = { $of ->
    [none] Token { $position }
   *[other] Token { $position } of { $of }
}: “{ $token }”, layer { $layer }: expert { $experts }
experts-described-end = { $token } (end)
experts-finished = { $n ->
    [one] One token was read.
   *[other] { $n } tokens were read.
}

# One token
experts-token-title = { $of ->
    [none] Token { $position }
   *[other] Token { $position } of { $of }
}
experts-in-prompt = in the prompt
experts-in-answer = in the answer
experts-in-given = in the answer, given and not written
experts-gate = The gate
experts-token-about = of a layer weighs the experts that it chose; a full bar is 1. Choose a layer to colour the text by it.
experts-token-untold = The server tells which experts it chose, but not how much each of them counts. Choose a layer to colour the text by it.
experts-layer = layer { $layer }
experts-weight = expert { $expert }: weight { $p }
experts-token-table = This token as a table
experts-token-caption = { $of ->
    [none] Token { $position }: experts by layer
   *[other] Token { $position } of { $of }: experts by layer
}
experts-head-layer = layer
experts-head-expert = expert
experts-head-weight = weight
experts-head-router = router’s probability
experts-head-prompt = prompt
experts-head-tokens = tokens
experts-head-busiest = busiest
experts-head-idle = silent
experts-head-entropy = entropy
experts-head-most = ln E
experts-head-cv = CV
experts-head-peak = peak
experts-head-balance = E·Σ f·P
experts-head-apart = A ≠ B

# The load
load-title = Which experts do the work
load-term = Load:
load-about = a cell is an expert’s share of its layer’s choices so far, in per cent. A frame marks the experts of the selected token. Choose a cell to see what its expert reads.
load-share = Share of choices
load-apart = A − B
load-grid = { $name }: layer by expert
load-only = only { $letter } { $share }
load-cell = layer { $layer }, expert { $expert }: { $share }
load-banned = (banned)
load-forced = (always used)
load-swapped = (swapped with { $other })
load-key-banned = banned
load-key-forced = always used
load-key-swapped = swapped
load-dense = { $n ->
    [one] dense: no experts
   *[other] { $n } dense layers: no experts
}
steer-ban = Ban expert { $expert } of layer { $layer } in the next run
steer-keep = Allow expert { $expert } of layer { $layer } again
steer-next = The next run has the rules: { $rules }
load-all = All tokens stand out again.
load-reads = Expert { $expert } of layer { $layer } reads { $read } of { $tokens } tokens.
load-differ = The two texts differ most in layer { $most }, where { $share } of the choices fall on other experts, and least in layer { $least }, with { $other }.
load-even = How evenly each layer spreads its tokens
load-entropy = Entropy:
load-even-about = with even use it is ln E, and CV is 0, peak 1 and E·Σ f·P 1. E is the number of experts, f their shares, P the router’s mean probabilities; CV is the spread of the shares over their mean, peak the busiest expert’s share over the mean.
load-caption = Load of each layer
load-table = Every expert’s choices as a table
load-choices = { $of ->
    [none] Choices of each expert
   *[other] Choices of each expert, prompt { $of }
}

# Two mixtures at the same prompt
mixtures-title = How evenly two models use their experts
mixtures-empty = The second model answers after the first.
mixtures-about = A full bar is even use: the entropy of a layer’s choices is as large as it can be, ln E for E experts. Layers are counted from the first of each model that has experts.
mixtures-alike = Both models read the prompt as the same { $n } tokens, so tokens can be compared one by one.
mixtures-unlike = Their tokenizers differ: { $one } reads the prompt as { $n } tokens, { $other } as { $m }. Compare layers, not single tokens.
mixtures-bar = { $name }, layer { $layer }: { $share } of the largest entropy
mixtures-unknown = { $name }, layer { $layer }: the number of experts is not known
mixtures-picture = How even each layer’s use is, { $one } beside { $other }
mixtures-table = Both models’ layers as a table
mixtures-head-nth = n-th
mixtures-head-model = model
mixtures-head-layer = layer
mixtures-head-experts = experts
mixtures-head-even = evenness
mixtures-head-busiest = busiest
mixtures-head-idle = silent

# Layers by tokens
layermap-title = Every layer at a glance
layermap-about = A column is a token, a row is a layer; colour and number are those of the token’s heaviest expert there. Choose a cell to select its token and its layer.
layermap-grid = { $letter ->
    [none] Layers by tokens
   *[other] Layers by tokens of text { $letter }
}
layermap-earlier = ‹ Earlier
layermap-later = Later ›
layermap-where = Tokens { $first }–{ $last } of { $of }
