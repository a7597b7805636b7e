# Models trained here: recipes and tasks of the zoo, the loop that trains.

## Recipes

zoo-recipe-not-toml = the recipe of { $name } is not TOML: { $said }
zoo-recipe-field = the recipe of { $name }: { $field }: { $said }
zoo-recipe-without-shape = the recipe of { $name } has no shape
zoo-recipe-without-task = the recipe of { $name } names no task
zoo-own-ancestor = { $name } is its own ancestor
zoo-shape-or-parent = the recipe of { $name } needs either a shape or a parent
    .hint = a model with a parent has its parent's shape
zoo-rehearsal-without-parent = { $name } has no parent whose tasks it could rehearse
zoo-active-without-parent = { $name } has no parent; say how many are active in its shape
zoo-heads = the recipe of { $name }: { $hidden } hidden units cannot be shared evenly by { $heads } heads
    .hint = make hidden a multiple of twice the heads
zoo-experts = the recipe of { $name }: { $architecture } cannot have { $experts } experts, { $active } of them active
    .hint = a llama has none; a mixture has several, at least one of them active
zoo-shared-units = the recipe of { $name }: { $architecture } cannot have { $shared } shared units
    .hint = qwen2_moe has a shared expert, the others have none

## Parents and models

zoo-not-trained = zoo/{ $name } has not been trained
    .hint = run `fusionlab zoo train { $recipe }`
zoo-parent-unsealed = { $file } does not say which weights the parent has
    .hint = train the parent again, or copy its whole folder
zoo-parent-reads-otherwise = { $name } reads { $vocabulary }, but its parent { $parent } does not
    .hint = give both recipes the same vocabulary

## Tasks

task-other-problem = { $prompt } is not a problem of { $task }
    .hint = { $explanation }

## Training

-from-the-start = remove it to begin from the start
-slower = train with a lower learning rate or a longer warm-up; what was learned up to the last checkpoint stays in the work folder
loss-not-finite = the loss is { $loss } at step { $step }, at a learning rate of { $rate }
    .hint = { -slower }
gradient-not-finite = the loss is { $loss } at step { $step }, at a learning rate of { $rate }, but its gradient is no number
    .hint = { -slower }
checkpoint-of-another-plan = { $file } was written under another plan
    .hint = { -from-the-start }
checkpoint-unreadable = { $file } cannot be read: { $said }
    .hint = { -from-the-start }
checkpoint-damaged = { $file } is damaged
    .hint = { -from-the-start }
