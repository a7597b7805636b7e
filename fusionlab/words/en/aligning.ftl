# The aligner: what cannot be seen, and its command.

align-no-text = there is no text to be read
    .hint = write a few words; a blank line parts passages
align-only-asked = passage { $number } is only a question: nothing follows its |||
    .hint = write what is said to it behind |||, or leave ||| out
align-no-models = a target and a source are needed
    .hint = { PLACE() ->
        [app] choose the model that would be trained, and one that it learns from
       *[terminal] give --target REF and --source REF
    }
align-many-sources = { $count } sources are too many for one picture, which shows { $most }
    .hint = leave some out; trainings take any number
align-too-long = { $name } reads { $tokens } tokens; the picture shows { $most } at most
    .hint = shorten the text
align-over-context = { $name } takes { $context } tokens at once; the longest passage has { $tokens }
    .hint = shorten it, or part it with a blank line
align-trained-differs = { $trained } has another vocabulary than { $target }: it is not this target after a training
    .hint = name the model that was made of this target, or none

cli-help-align = how what several models expect of a text is put together, position by position
cli-help-align-text = the text; a blank line parts passages, and what stands before ||| is only read
cli-help-align-target = the model that would be trained
cli-help-align-source = a model that it learns from; may be repeated
cli-help-align-trained = the target after a training, to be seen beside
cli-help-align-rule = how sources are mixed; default { $default }
cli-help-align-vocabulary = how tokens are mapped; default { $default }
cli-help-align-alignment = how positions are aligned; default { $default }
cli-align-passage = Passage { $number }, nats per byte: target { $own }{ $trained ->
    [none] { "" }
   *[other] , after training { $trained }
}
cli-align-source = [{ $number }] { $name }: { $nats } nats per byte, share { $share }
cli-align-head-after = after
cli-align-head-next = next
cli-align-head-fused = fused
cli-align-head-own = target
cli-align-head-trained = trained
cli-align-head-published = as published
cli-align-none = –
cli-align-key = = its distribution is taken, ! the next token is expected for certain, · the target’s own stands; of each distribution the likeliest token, and in brackets the probability of the right one
