# Knowledge fusion: tokens of several models aligned, their distributions stored, mixed and learned.

tokens-not-the-text = { $name }: its tokens are not the bytes of the text, from byte { $at } on: the text has { $text }, the tokens { $tokens }
    .hint = its tokenizer rewrites what it reads, or lacks characters of it; align this source by dynamic time warping, or leave it out

distil-no-blocks = there is no text to learn from
    .hint = give a file with some text
distil-block-short = block { $number } has { $tokens ->
        [0] no token
        [one] 1 token
       *[other] { $tokens } tokens
    }: of one token nothing is expected
    .hint = leave it out, or join it to the one before

distil-share-outside = the share of the text itself, λ, must lie between 0 and 1, not { $value }
    .hint = 1 learns from the text alone, 0 from the sources alone; FuseLLM takes 0.9
distil-nothing-learned = none of the { $tokens } tokens in any of the { $rows } rows is to be learned: all labels are masked
    .hint = look at what is masked: where only answers are learned, a row that is cut off within its prompt has none

## The builder: what it refuses

distil-no-target = there is no target, the model that is to learn
    .hint = { PLACE() ->
        [app] name it under { SETTING("target", "distil") }; the models that it learns from are its sources
       *[terminal] name it with --target REF, and the models that it learns from with --source REF
    }
distil-pairs = pairs of answers are not what knowledge is fused on
    .hint = give text, messages, or prompt and completion; of pairs a model learns by DPO
distil-turns-differ = line { $number }: { $name } reads this conversation in other parts than the target, since its chat template writes earlier turns otherwise
    .hint = give prompt and completion in place of messages
distil-source-short = { $name } reads { $context } tokens, and one of the texts has { $count } in its tokenizer
    .hint = lower { SETTING("length", "distil") }, or leave this source out
distil-one-teacher = with { CHOICE("objective", $objective) } a model learns from one teacher, not { $count }
    .hint = name one source, or take { CHOICE("objective", "fused") }
distil-other-vocabulary = { $teacher } and { $target } have different vocabularies, so that their distributions cannot be compared token by token
    .hint = take { CHOICE("objective", "fused") } or { CHOICE("objective", "uld") }, which need no common vocabulary
distil-teacher-adapted = { $source } is a model with an adapter, which does not teach token by token
    .hint = { PLACE() ->
        [app] merge it into one model first, and take that
       *[terminal] make one model of both first, with fusionlab build merge --source { $source } --id NAME, and name built:NAME
    }
distil-plain-asked = { $source } only tells log-probabilities, and { CHOICE("objective", "plain") } needs a teacher whose weights are on this machine
    .hint = take { CHOICE("objective", "fused") } or { CHOICE("objective", "uld") }, or a source whose weights are here
distil-text-only = { $name } gives text only, or did not answer in time as a llama.cpp server does: what it expects cannot be stored
    .hint = { PLACE() ->
        [app] of a vLLM or SGLang server, name the model whose tokenizer it has beside the source; or serve the model with llama.cpp, or take a GGUF file or a model whose weights are here
       *[terminal] of a vLLM or SGLang server, name the model whose tokenizer it has, as in --source { $name },tokenizer=hub:ORG/NAME; or serve the model with llama.cpp, or take a GGUF file or a model whose weights are here
    }
distil-not-exact = { $name } does not tell the exact log-probabilities of all its tokens, which are what is learned
    .hint = serve the model with a current llama.cpp, vLLM or SGLang, or take a GGUF file or a model whose weights are here
distil-tokenizer-unused = { $name } brings its own vocabulary: the tokenizer named beside it would not be used
    .hint = leave the tokenizer out; only vLLM and SGLang servers need one

## Servers that tell what they expect of a prompt

prompt-untold = { $name } tells no log-probabilities of a prompt's tokens; it said: { $said }
    .hint = serve the model with vLLM or SGLang, whose address and model name the source has, or with llama.cpp, or take a model whose weights are here
prompt-refuses-so-many = { $name } refuses to tell { $asked } log-probabilities a token: { $said }
    .hint = lower { SETTING("n_top", "distil") }, or start vLLM with a larger max-logprobs
prompt-fewer = { $name } tells { $given } log-probabilities of a token, where { $asked } were asked for
    .hint = lower { SETTING("n_top", "distil") }, or serve the model so that it tells more of them
prompt-other-count = { $name } reads a text in { $there } tokens that has { $here } in the tokenizer named beside it
    .hint = name the tokenizer of the model that is served
prompt-other-tokenizer = { $name } reads other tokens than the tokenizer named beside it
    .hint = name the tokenizer of the model that is served

## The builder: what it says

distil-server-unverified = { $source }: which model its server holds cannot be verified from here; what is stored of it goes by what the server says of its model, and by its vocabulary
distil-stores = what the models expect takes { $cached } MB, which are kept; fused { $fused } MB more, as long as it trains
distil-map = { $exact } of the tokens of { $source } are in the target's vocabulary, byte for byte
