# The study of tokenizers.

study-tokenizers = One text, several tokenizers
    .summary = Models with different tokenizers cut the same text at different places. See where the cuts coincide, and which token of another vocabulary stands for each token by exact match, by MinED, by the union’s rule and by bytes.
setting-tokenizers-text = Text
    .help = Up to 400 bytes. Try another script, numbers, code or emoji.
setting-tokenizers-first = First tokenizer
    .help = Only the model’s tokenizer is read, not its weights.
setting-tokenizers-second = Second tokenizer
    .help = All models of the zoo share two tokenizers: one of single characters, and one of pieces.
setting-tokenizers-third = Third tokenizer
    .help = Can be left out.
setting-tokenizers-fourth = Fourth tokenizer
    .help = Can be left out.

tokenizers-ruler = The text as each tokenizer cuts it
tokenizers-keys = Above is the text over its bytes. Choose a token, or go through them with the arrow keys: left and right along a row, up and down between tokenizers.
tokenizers-key-common = all tokenizers end a token here
tokenizers-key-part = cuts a character: its bytes are shown
tokenizers-key-control = a control token, or one that is not known
tokenizers-tokens = { $n } tokens
tokenizers-token = { $name }, token { $n } of { $all }: { $token }, bytes { $from } to { $to }
tokenizers-place = token { $n } of { $all }
tokenizers-id = id { $id }
tokenizers-at = bytes { $from } to { $to }
tokenizers-no-bytes = takes no bytes of the text
tokenizers-kind-part = a part of a character
tokenizers-kind-control = a control token
tokenizers-kind-unknown = stands for what this tokenizer has no token for; the text is lost

tokenizers-way-em = EM
tokenizers-way-mined = MinED
tokenizers-way-union = Union
tokenizers-way-bytes = Bytes
tokenizers-not-yet = being looked up …
tokenizers-no-em = none says exactly this
tokenizers-no-mined = none: control tokens only stand for one another
tokenizers-same = the same token
tokenizers-nearest = { $distance ->
    [one] one edit
   *[other] { $distance } edits
} away
tokenizers-nearest-first = { $distance ->
    [one] one edit
   *[other] { $distance } edits
} away; the first of { $ties } equally near
tokenizers-how-own = the same token
tokenizers-how-sub = its first part that is no space
tokenizers-how-bytes = its first bytes
tokenizers-how-unknown = it has no token for this
tokenizers-how-none = none
tokenizers-flush = on exactly these bytes
tokenizers-crossing = cut at other bytes
tokenizers-begin = { $n ->
    [one] One token of its vocabulary begins with these bytes.
   *[other] { $n } tokens of its vocabulary begin with these bytes.
}

tokenizers-figures = How each tokenizer cuts the text
tokenizers-head-name = Tokenizer
tokenizers-head-size = Vocabulary
tokenizers-head-count = Tokens
tokenizers-head-each = Bytes a token
tokenizers-head-shared = Ends that all share
tokenizers-head-parts = Cut a character
tokenizers-head-unknown = Unknown
tokenizers-head-n = No.
tokenizers-head-token = Token
tokenizers-head-bytes = Bytes
tokenizers-exact = Share of a vocabulary that has an exact counterpart
tokenizers-found-in = in { $name }
tokenizers-table = All tokens and their counterparts as tables
tokenizers-tokens-of = Tokens of { $name }

# What is to be noticed
tokenizers-note-lengths = { $fewest } takes { $few } tokens for the { $bytes } bytes of this text, about { $each } bytes each; { $most } takes { $many }.
tokenizers-note-equal = All tokenizers take { $count } tokens for the { $bytes } bytes of this text.
tokenizers-note-common-all = All end their tokens at the same places: member by member, this text can be fused without moving a cut.
tokenizers-note-common-some = Of { $places } places inside the text where a token ends, { $common } are common to all. Between them a member has to wait, or cut its token short, before its probabilities can be compared.
tokenizers-note-common-none = No place inside the text is a token’s end for all: nothing can be compared before its end.
tokenizers-note-unknown = { $name } has no token for { $count ->
    [one] one part
   *[other] { $count } parts
} of this text: what stands there is lost to it, and it cannot vote on it.
tokenizers-note-parts = { $name } cuts characters into bytes: { $count ->
    [one] one token is
   *[other] { $count } tokens are
} only a part of one. Codes that compare tokens as strings cannot match them; as bytes they match.
tokenizers-note-exact = EM finds { $share } of { $source }’s vocabulary in { $target }.
tokenizers-note-exact-both = EM finds { $share } of { $source }’s vocabulary in { $target }; the other way round it is { $back }.
tokenizers-note-nearest = Nearest is not alike: for “{ $token }” of { $source }, MinED takes “{ $near }” of { $target }, { $distance } edits away{ $ties ->
    [1] .
   *[other] , the first of { $ties } equally near.
}
tokenizers-note-union = For “{ $token }” of { $source }, the union asks { $target } only about “{ $first }”, with which other words begin too.
