# Models that are known here and what they are good at, and how open a model is.

## Levels

level-text = text
    .summary = Gives finished text only: enough for votes and conversations.
level-logprobs = log-probabilities
    .summary = Also tells how likely its next tokens are.
level-logits = logits
    .summary = Tells how likely every token is: enough to write token by token with others.
level-internals = internals
    .summary = Everything inside can be watched too, such as the choice of experts.

## From the catalog

model-smollm2-135m = SmolLM2 135M
    .good = short English answers and everyday knowledge
model-all-minilm-l6-v2 = MiniLM L6
    .good = comparing the meanings of English sentences; it writes nothing

## Adapters of SmolLM2

model-smollm2-135m-dates = SmolLM2 for dates
    .good = days of the week and dates within one month
model-smollm2-135m-editing = SmolLM2 for editing
    .good = capitals, reversed words and small repairs of a sentence
model-smollm2-135m-maths = SmolLM2 for word problems
    .good = small word problems, solved step by step
model-smollm2-135m-tables = SmolLM2 for tables
    .good = finding and adding figures in small tables

## The zoo: tiny models for exact tasks

model-zoo-base = Base
    .good = a little of every task of the zoo, none of it well
model-zoo-generalist = Generalist
    .good = every task of the zoo
model-zoo-adder = Adder
    .good = sums, such as add 384+77=
model-zoo-adder-2 = Adder, another seed
    .good = sums, with other mistakes than Adder’s
model-zoo-subtracter = Subtracter
    .good = differences, such as subtract 384-77=
model-zoo-comparer = Comparer
    .good = which number is larger or smaller, how often a letter occurs
model-zoo-calendar = Calendar
    .good = days of the week and lengths of months
model-zoo-editor = Editor
    .good = letters reversed, sorted, skipped or doubled
model-zoo-writer = Writer
    .good = writing a solution before its answer
model-zoo-reader-1 = Reader 1
    .good = debates: writes a solution and reads those of others
model-zoo-reader-2 = Reader 2
    .good = debates, trained from another seed than Reader 1
model-zoo-mixture-top1 = Mixture, one of eight
    .good = every task of the zoo; one of eight experts reads each token
model-zoo-mixture-top2 = Mixture, two of eight
    .good = every task of the zoo; two of eight experts read each token
model-zoo-mixture-fine = Mixture, four of sixteen
    .good = every task of the zoo; four of sixteen small experts and a shared one read each token
model-zoo-mixture-top1-young = Mixture, one of eight, half trained
    .good = seeing how routes look before training is over
model-zoo-mixture-fine-young = Mixture, four of sixteen, half trained
    .good = seeing how routes look before training is over
model-zoo-pieces-base = Base, second vocabulary
    .good = a little of every task, with tokens of several letters
model-zoo-pieces-adder = Adder, second vocabulary
    .good = sums, with tokens of several letters
model-zoo-pieces-subtracter = Subtracter, second vocabulary
    .good = differences, with tokens of several letters
model-zoo-pieces-comparer = Comparer, second vocabulary
    .good = larger, smaller, how many, with tokens of several letters
model-zoo-pieces-calendar = Calendar, second vocabulary
    .good = days and months, with tokens of several letters
model-zoo-pieces-editor = Editor, second vocabulary
    .good = reversing, sorting and doubling letters, with tokens of several letters
