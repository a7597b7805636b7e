# Names that are not known, and what they would be names of.

unknown-name = unknown { $kind } '{ $name }'
    .hint = known: none
unknown-name-near = unknown { $kind } '{ $name }'
    .hint = did you mean '{ $near }'?
unknown-name-listed = unknown { $kind } '{ $name }'
    .hint = known: { $known }

kind-adapter = adapter
kind-builder = builder
kind-built-model = built model
kind-column-of = column beside { $columns }:
kind-corpus = corpus
kind-field-of-a-turn = field of a turn
kind-key-of = key of { $file }:
kind-member = member
kind-member-field = member field
kind-member-recorded = member with recorded text in { $file }
kind-method = method
kind-kind-of-answer = kind of answer
kind-merge-rule = rule for merging
kind-metric = metric
kind-metric-in-the-mixture = metric in the mixture
kind-model = model
kind-option-of = option of a source of { $entry }
kind-preset = preset
kind-recipe-field = recipe field
kind-rule = rule
kind-scheme = kind of model reference
kind-setting-of = setting of { $entry }
kind-speed = speed
kind-suite = suite
kind-task = task
kind-task-in = task in { $folder }
kind-task-of = task of { $recipe }
kind-vocabulary = vocabulary
kind-zoo-model = zoo model
