# Builders and their settings, as a person calls them; see methods.ftl for how keys are made.

builder-zoo = Train a tiny model
    .summary = A tiny model of the zoo learns exact tasks from its recipe.
setting-zoo-recipe = Recipe
    .help = Which model of the zoo is trained.
setting-zoo-questions = Test problems
    .help = Of each task, held out from training.
builder-adapter = Train an adapter
    .summary = A model of the catalog learns one subject, in low-rank deltas beside its weights.
setting-adapter-recipe = Recipe
    .help = Which adapter is trained, with or without the name of its base.
setting-adapter-questions = Test questions
    .help = Of each split, held out from training.
builder-graft = Graft layers
    .summary = Layers of one model are stacked on each other, or on those of another one of its width.
setting-graft-drop = Layers left out
    .help = m of n: the first n − m layers are followed by the last n − m. A quarter of them by default.
setting-graft-layers = Ranges of layers
    .help = In place of that, any ranges: 0-24, 8-32, or A:0-24, B:8-32 of two models. 0-24 is layers 0 to 23.
