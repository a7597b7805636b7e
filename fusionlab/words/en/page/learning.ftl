# How a model learns: the curve of a training.

learning-title = How it learns
learning-title-ended = How it learned
learning-picture = Curve of the training: what each step lost. Arrow keys go from step to step.
learning-loss = Loss of each step (nats)
learning-held = Text that is not learned (nats per byte)
learning-solved = Questions answered right ({ $asked } asked, 95% interval)
learning-solved-gain = answered right: { $before } → { $after } of { $asked }
learning-solved-share = { $right } of { $asked }: { $share } ({ $low } to { $high })
learning-step-axis = step 0
learning-step = Step { $step } of { $total }
learning-speed = { $tokens } tokens a second
learning-left = about { $time } left
learning-gain = text that is not learned: { $before } → { $after } nats per byte
learning-at = Step { $step }: loss { $loss }, smoothed { $smooth }{ $rate ->
    [none] {""}
   *[other] , learning rate { $rate }
}{ $held ->
    [none] .
   *[other] ; text that is not learned, after it: { $held } nats per byte.
}{ $right ->
    [none] {""}
   *[other] {" "}Answered right after it: { $right } of { $asked } ({ $low } to { $high }).
}
learning-key-smooth = loss, smoothed
learning-key-raw = loss of each step
learning-key-rate = learning rate, at most { $most }
learning-key-held = text that is not learned
learning-key-solved = questions answered right
learning-table = The curve as a table
learning-head-step = Step
learning-head-loss = Loss
learning-head-smooth = Smoothed
learning-head-rate = Learning rate
learning-head-held = Not learned, nats per byte
learning-head-solved = Answered right, 95% interval

# How routers share out tokens while they learn.
sharing-title = Which experts read the tokens
sharing-told = In step { $step } the load is { $even } even on average over the layers, least in layer { $layer } with { $least }. { $silent ->
    [0] No expert is silent.
    [one] One of { $all } experts is silent.
   *[other] { $silent } of { $all } experts are silent.
}
sharing-even = Entropy of the load, as a share of even use
sharing-key-mean = mean of the layers
sharing-key-least = least even layer
sharing-grid = Share of each expert in its layer’s choices, step { $step }
sharing-about = A cell is an expert’s share of its layer’s choices in step { $step }, in per cent.
sharing-table = The load as a table
sharing-head-even = of even use
