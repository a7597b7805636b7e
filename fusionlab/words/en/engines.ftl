# What runs models: servers and their keys, chat templates, adapters, memory, forward passes.

## Levels

level-too-low = { $name } gives only { $gives }, not { $needed }
    .hint = choose a method that needs less, or a model whose weights are on this machine

## Keys and addresses of servers

-key-alone = set it to the key alone, without quotes, comments or the word Bearer
endpoint-address = { $url } is not an address of an endpoint
    .hint = write it as api:http://host:port/v1#model
patience-no-number = { $variable } is { $text }
    .hint = set it to the number of seconds to wait for a silent server, such as 300
key-in-the-open = the key for { $name } is not sent to { $address }: anybody in between could read it
    .hint = give its address with https, or take { $name } out of { $variable }
keys-entry = entry { $number } of { $variable } is not a host and its key
    .hint = write { $variable }="host=key, other:8000=key": no blanks within an entry, no quotes, comments or the word Bearer
keys-twice = { $variable } has two keys for { $host }
    .hint = keep the right one
key-with-line-break = what { $variable } holds for { $host } cannot be a key: its character { $at } of { $length } is a line break
    .hint = { -key-alone }
key-with-blank = what { $variable } holds for { $host } cannot be a key: its character { $at } of { $length } is a blank
    .hint = { -key-alone }
key-with-control = what { $variable } holds for { $host } cannot be a key: its character { $at } of { $length } is a control character
    .hint = { -key-alone }
key-not-ascii = what { $variable } holds for { $host } cannot be a key: its character { $at } of { $length } is not in ASCII
    .hint = { -key-alone }

## Refusals of servers, and what to do about them

server-unreachable = { $why }
    .hint = { $advice }
server-silent = { $server } did not answer for { $seconds } s
    .hint = { $advice }
server-refused = { $server } answered HTTP { $status }: { $said }
    .hint = { $advice }
server-redirects = { $server } answered HTTP { $status }: it redirects
    .hint = give the address it redirects to, if you trust it
server-redirects-to = { $server } answered HTTP { $status }: it redirects to { $place }
    .hint = give the address it redirects to, if you trust it
server-prompt-too-long = the prompt is too long for { $server }: { $said }
    .hint = shorten the prompt or the answers
said-nothing = nothing
said-web-page = a web page
said-web-page-titled = a web page, { $title }
advice-overloaded = check that the server is not overloaded, or ask for less at a time
advice-patience = if it needs longer, raise { $variable } (seconds); otherwise see what holds it up
advice-key = check the key of this endpoint
advice-key-of = check the key that { $variable } holds for { $host }
advice-key-over-https = it can be sent a key over https only
advice-set-key = if it wants a key, set { $variable }="{ $host }=…"
advice-key-unbound = { $unbound } names no host and is sent to none: if it wants a key, set { $variable }="{ $host }=…"
advice-proxy-or = if { $proxy } said so, check it, or add the server to NO_PROXY; otherwise { $advice }
advice-model-name = check the address and the model's name
advice-v1 = check the model's name, and that the address ends in /v1 where the server wants it
advice-proxy-user = the proxy wants a user and a password: http://user:password@host:port in its variable
advice-wait = wait a little, or ask for fewer answers
advice-log = see the log of that server
advice-gateway = the server behind this address does not run
advice-loading = the server is loading or overloaded; try again in a moment
advice-moment = the server is overloaded; try again in a moment

## Answers of servers that cannot be read

-log = see the log of that server
-text-only = ask it for text only
server-strange = { $server } answered in an unknown form: { $said }
    .hint = is this the address of an OpenAI-compatible server?
server-no-json = { $server } answered with something that is not JSON: { $said }
    .hint = the address of an OpenAI-compatible server usually ends in /v1
server-compressed = { $server } compressed its answer (HTTP { $status }) unasked
    .hint = { -log }
server-broke-connection = { $server } broke the connection: { $said }
    .hint = { -log }
server-sent-too-much = { $server } sent more than { $most } bytes
    .hint = { -log }
server-answered-too-much = { $server } answered with more than { $most } bytes
    .hint = { -log }
server-too-many-values = { $server } answered with more than { $most } values
    .hint = { -log }
server-took-too-long = { $server } did not end its answer within { $seconds } s
    .hint = { -log }
server-broke-off = { $server } broke off in the middle of an answer
    .hint = { -log }
server-broke-off-with = { $server } broke off with an error: { $said }
    .hint = { -log }
server-no-choices = { $server } answered with no choices
    .hint = { -log }
server-no-stop = { $server } did not stop at { $tokens } tokens
    .hint = { -log }
server-withheld = { $server } ended the answer for the reason { $reason }
    .hint = ask something else of it
server-token-gaps = { $server } numbered its { $tokens } tokens with gaps
    .hint = { -text-only }
server-tokens-untold = { $server } said nothing about { $tokens } of its tokens
    .hint = { -text-only }

## What was odd about an answer

server-only-reasoned = { $server } only reasoned, in { $characters } characters, and gave no answer
    .hint = raise { SETTING("max_tokens") }: its thoughts count too; they are kept apart in the record
server-odd-part = { $server } also answered with a part of the kind { $kind }
server-cut-off = { $server } did not stop at { $tokens } tokens: its answer was cut off
server-odd-end = { $server } ended the answer for a reason not known here, { $reason }
    .hint = see that its answer is whole
server-odd-usage = { $server } reported a usage that counts nothing: { $said }
    .hint = its tokens are counted by the pieces it sends, those of the prompt not at all

## What a server does not take

-own-setting = it draws by its own setting; compare such answers with care
server-max-completion-tokens = { $server } takes max_completion_tokens in place of max_tokens
    .hint = what it thinks before it answers counts too
server-no-limit = { $server } takes no limit of tokens: it alone decides when an answer ends
server-no-stream-options = { $server } does not take stream_options: its tokens may be counted by the pieces it sends
server-no-stream = { $server } does not stream: its answers come whole, at their end
server-no-seed = { $server } does not take a seed: the same run may give other answers
    .hint = record the run if it is to be shown again
server-no-top-k = { $server } does not take top-k
    .hint = { -own-setting }
server-no-top-p = { $server } does not take this top-p
    .hint = { -own-setting }
server-no-temperature = { $server } does not take this temperature
    .hint = { -own-setting }
server-no-system = { $server } takes no system message: its instruction stands before the first turn of the user

## Experts that a server tells of

-tell-routes = start the server so that it returns routed experts, as vLLM and SGLang can; docs/servers.md says how
server-no-routes = { $server } answered, but did not tell which experts it chose
    .hint = { -tell-routes }
server-routes-refused = { $server } refused to be asked which experts it chose
    .hint = { -tell-routes }
server-tells-no-routes = { $name } cannot tell which experts it chooses
    .hint = choose a mixture on this machine, or a vLLM or SGLang server that returns routed experts
server-routes-broken = what { $server } told of its experts cannot be: { $why }; the answer stands without them
    .hint = see which version of the server this is
server-routes-unshaped = { $server } gives its experts as one row of numbers: { $k ->
        [one] one expert
       *[other] { $k } experts
    } per token in { $layers ->
        [one] one layer
       *[other] { $layers } layers
    } is what fits them, as no layer chooses an expert twice
server-routes-untold = { $server } did not tell the experts of { $n } of { $of } tokens, which it had in its cache
    .hint = they are left out of all figures
steer-elsewhere = the experts of { $name } cannot be steered: it runs on a server
    .hint = leave out { SETTING("steer") } and { SETTING("top_k") }, or choose a mixture on this machine
routes-uneven = tokens have different numbers of layers or experts
routes-of-other-length = experts of { $n } tokens, where { $of } were read
routes-not-base64 = text that is not base64
routes-not-an-array = something that is no array of tokens, layers and experts
routes-not-numbers = { $bytes } bytes, which are no numbers of four bytes each
routes-not-by-token = { $n } numbers, which do not come out even for { $tokens } tokens
routes-twice = one expert chosen twice for the same token
routes-no-expert = an expert of number { $expert }

## Chat templates and tokenizers

-own-template = give it a template of its own: a file chat_template.jinja in its folder
chat-no-template = { $name } has no chat template; it reads the turns of the conversation as one text, without being told who says what
chat-no-system = the chat template of { $name } has no system role; the system prompt stands in the first user turn
chat-no-default = the chat templates of { $name } are named { $templates }, and none is the default
    .hint = { -own-template }
chat-template = the chat template of { $name } cannot be used here: { $said }
    .hint = choose another model, or { -own-template }
chat-tokenizer = the tokenizer of { $name } cannot be used: { $said }
    .hint = copy or fetch the model again: its tokenizer may have been changed
chat-nothing-to-read = { $name } finds nothing to read in this conversation: its chat template or its tokenizer leaves no token
    .hint = write a longer prompt; if that does not help, copy or fetch the model again: its chat_template.jinja may be damaged
tokenizer-beyond-weights = the tokenizer of { $name } writes id { $id } for { $token }; its weights have only { $rows }
    .hint = its tokenizer may be that of another model: copy or fetch it again
text-not-spelled = { $name } has no token for { $text }
    .hint = choose a model whose vocabulary has every byte
contrast-left-nothing = no token has a probability of { $alpha } times the expert’s largest or more: α = { $alpha } leaves nothing to choose from
    .hint = choose an α from 0 to 1
pool-left-nothing = the members’ distributions have no token in common: every token is impossible to one of them
    .hint = choose { CHOICE("pooling", "arithmetic") }, in which one member’s wish is enough
vocabularies-differ = { $first } and { $second } have different vocabularies: { $differ } of { $ids } ids differ; id { $id } is { $ours } in one and { $theirs } in the other
    .hint = align them in { METHOD("ensemble") }, for instance by { CHOICE("alignment", "union") }; fuse their whole answers with { METHOD("vote") }; or choose members of one model family
optimised-one-vocabulary = { CHOICE("weighting", "optimised") } needs members with one vocabulary, and { $first } and { $second } have different ones
    .hint = choose { CHOICE("weighting", "prompt") }, which needs each member’s own loss alone
vocabularies-disjoint = { $first } and { $second } have no token of text in common: { $ours } and { $theirs } tokens were compared as bytes
    .hint = fuse them byte by byte ({ CHOICE("alignment", "bytes") }), or their whole answers with { METHOD("vote") }
tokens-without-bytes = the tokens of { $name } cannot be compared with those of others: its tokenizer decodes them to something else than they spell
    .hint = fuse the whole answers with { METHOD("vote") }, or choose a model with a tokenizer of a known kind
embedding-not-shown = { $name } cannot be aligned by its embeddings: { $engine } does not show them
    .hint = let it run in transformers, or choose { CHOICE("alignment", "union") }, which needs no embeddings
vocabularies-united = { $first } and { $second } have different vocabularies: before every token the likeliest of each are put together and pooled
    .hint = { CHOICE("alignment", "bytes") } is exact and slower

## Adapters over a base

-own-base = use it with the base it was trained for
-save-again = save or copy the adapter again
adapters-rows-mixed = this architecture mixes the rows of a batch before an adapted projection
    .hint = run each adapter of this base by itself
adapter-weights-unreadable = { $file } cannot be read: { $said }
    .hint = { -save-again }
adapter-no-projection = the adapter in { $folder } is for another base: this one has no projection { $projection }
    .hint = { -own-base }
adapter-of-another-shape = the adapter in { $folder } is for another base: { $projection } is { $there } there and { $here } here
    .hint = { -own-base }
adapter-of-another-rank = the adapter in { $folder } has { $a } and { $b } for { $projection }, but its config says r = { $rank }
    .hint = { -save-again }
engine-no-adapters = { $name } runs in { $engine }, which takes no adapters
    .hint = give its weights as a folder or a model of the hub

## Loading, and memory

engine-next = { $why }; running { $ref } in { $engine }, from its own weights
engine-other-form = { $ref } does not come in a form that { $engine } takes
    .hint = leave the engine out, or name one of { $engines }
engine-too-low = { $ref } in { $engine } gives only { $gives }, not { $needed }
    .hint = leave the engine out, so that one that suffices is taken
engine-needs-package = { $name } cannot be loaded in { $engine }: { $said }
    .hint = install what it names
engine-unloadable = { $name } cannot be loaded in { $engine }: { $said }
    .hint = its file may be damaged, or made for a newer version of that engine
llamacpp-unloadable = llama.cpp cannot load { $file }: { $said }
    .hint = is the file complete, and of a kind that this llama.cpp knows?
budget-exceeded = { $name } needs { $needed } of memory; { $free } of the budget of { $budget } is free
    .hint = wait until other runs end, remove members, or choose a smaller or quantised model

## Exports for onnxruntime

onnx-not-installed = { $name } cannot run in onnxruntime: its packages are not installed
    .hint = install onnxruntime-genai, onnx and onnx-ir, or leave the engine out
onnx-architecture = { $name } is of the architecture { $architecture }, which has not been tried in onnxruntime
    .hint = leave the engine out, so that transformers computes it; these have been tried: { $known }
onnx-window = { $name } attends only to so many tokens before each, which its export for onnxruntime would not
    .hint = leave the engine out, so that transformers computes it
onnx-heads = the attention heads of { $name } are { $width } wide, and onnxruntime takes multiples of { $unit } only
    .hint = leave the engine out, so that transformers computes it
onnx-quantised = { $name } is quantised already, and cannot be exported for onnxruntime
    .hint = leave the engine out, or give the model in its own precision
onnx-no-room = exporting { $name } for onnxruntime may take { $needed } MB in { $place }, where { $free } MB are free
    .hint = make room there, or leave the engine out
onnx-export-killed = the process that exported { $name } for onnxruntime was killed by signal { $signal }
    .hint = memory may have run out: close other programs, or leave the engine out
onnx-export-failed = { $name } cannot be exported for onnxruntime: { $said }
    .hint = leave the engine out, so that transformers computes it
onnx-too-far = in 8 bits { $name } is { $nats } nats a token from its original, and at most { $bound } is allowed
    .hint = leave the engine out, so that transformers computes it
onnx-embedder-too-far = in 8 bits the cosines of { $name } are up to { $off } off, and at most { $bound } is allowed
    .hint = there is nothing to do: it is used in its own precision
onnx-unloadable = onnxruntime cannot open the export of { $name }: { $said }
    .hint = leave the engine out, so that transformers computes it
onnx-other-inputs = the export of { $name } reads inputs that are not known here: { $inputs }
    .hint = leave the engine out, so that transformers computes it
onnx-in-the-making = { $name } runs in transformers; an export in 8 bits for onnxruntime is being made aside, and later runs use it
onnx-not-used = { $why }; { $name } runs in transformers

## Forward passes

pass-failed = { $architecture } failed as it read { $tokens } tokens in { $rows } rows: { $said }
    .hint = if memory ran out, shorten the prompt or remove members; otherwise choose another model
pass-not-kept = { $architecture } does not keep what it has read, so that it cannot continue the text
    .hint = members are causal language models, such as smollm2-135m
logits-no-number = { $name } computes something that is not a number
    .hint = its weights may be damaged: fetch, copy or train the model again; or they overflow in the precision that its config.json names
context-exceeded = { $name } takes { $context } tokens; the prompt, with what the method adds to it, has { $prompt } and the answer may have { $answer }
    .hint = shorten the prompt, choose a model that takes more, or lower { SETTING("max_tokens") }

## Recordings

replay-prompt =
    { $others ->
        [0] { $last }
        [one] { $last } after { $others } other turn
       *[other] { $last } after { $others } other turns
    }
replay-of-another-prompt = { $name } was recorded for the prompt { $recorded }, not for { $asked }
    .hint = ask the recorded prompt, or take a model instead of a recording
replay-too-few = { $name } holds { $count } answers of { $member }; answer { $number } was asked for
    .hint = ask for fewer samples
