# `fusionlab lab`.

cli-help-lab = watch a study of the laboratory to its end, or list them all
cli-help-lab-name = the study; without one, all are listed with their settings
cli-help-lab-set = a setting of the study
cli-help-lab-out = write the last picture here, as JSON
cli-help-lab-record = keep the last picture as what the app shows first; with the usual settings only
cli-lab-recorded = recorded in { $file }
cli-lab-stopped = stopped; what stands above is the last picture
cli-lab-record-as-usual = a recording is made with the usual settings
    .hint = leave --set out, or write the picture elsewhere with --out

# The study of tokenizers.
tokenizers-long = the text has { $bytes } bytes, and { $most } are shown at most
    .hint = choose a shorter text
tokenizers-few = { $count ->
    [0] none of the tokenizers is here
    [one] only one tokenizer is here
   *[other] only { $count } tokenizers are here
}, and two are needed
    .hint = choose another model, whose files are on this machine
tokenizers-none = { $ref } comes without a tokenizer that can be read here
    .hint = choose a model whose files are on this machine, or one of the hub
tokenizers-away = { $ref } is not on this machine: its tokenizer is left out
    .hint = it is fetched when it first answers as a member; run this again then
tokenizers-not-bytes = { $name }: its tokens are not the bytes of the text, from byte { $at } on: the text has { $text }, the token is { $token }
    .hint = its tokenizer rewrites what it reads, or does not say which bytes a token stands for; choose another one, or leave these characters out
