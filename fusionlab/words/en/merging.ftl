# Rules by which the weights of several models become those of one.

merge-weights-cancel = the weights { $weights } add up to zero, so nothing can be divided by their sum
    .hint = choose other weights, or turn normalize off where the rule has it
merge-base-lacking = { $rule } needs a base: the model that all others were trained from
    .hint = name a base, or choose a rule that needs none, such as linear or slerp
merge-base-unused = { $rule } takes no base
    .hint = make the base one of the models, or choose a rule that takes one, such as ties
merge-shapes-differ = tensors of different shapes cannot be merged: { $shapes }
    .hint = choose models of one architecture and size
merge-epsilon = with density { $density } and epsilon { $epsilon } a probability would leave the range from 0 to 1
    .hint = make epsilon smaller than the density and than what it lacks to 1
