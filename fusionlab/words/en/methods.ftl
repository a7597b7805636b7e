# What methods say of a run: what they cannot do, and what came otherwise than asked.

## Vote

nobody-stands = there is no answer to elect
    .hint = add a member, or give candidates to vote on
candidates-without-logprob = answers from elsewhere have no log-probability to weigh their ballots by
    .hint = choose { CHOICE("weights", "member") } or { CHOICE("weights", "uniform") } for { SETTING("weights") }, or leave the candidates out
members-without-logprob = the log-probability of an answer is not given by { $names }
    .hint = choose { CHOICE("weights", "member") } or { CHOICE("weights", "uniform") } for { SETTING("weights") }, or take models that run on this machine
logprobs-lacking = { $names } did not give the log-probability of every token, so all ballots weigh the same
    .hint = choose { CHOICE("weights", "member") } or { CHOICE("weights", "uniform") } for { SETTING("weights") }, or take a model whose weights are on this machine
answers-cut-off = { $cut } of { $samples } answers of { $name } were cut off at { $tokens } tokens
    .hint = raise { SETTING("max_tokens") } to compare whole answers
answers-blank = all answers are blank
    .hint = raise { SETTING("max_tokens") }, or use other members
answers-blank-in-part = { $blank } of { $texts } answers of { $name } are blank and were left out
candidates-blank = all candidates are blank
    .hint = give at least one with some text
majority-without-answers = no answer can be found in any text, so the likeness to all others decides ({ CHOICE("rule", "mbr") })
    .hint = choose another { SETTING("answer") }, or give the { SETTING("phrase") } that it follows
condorcet-without-winner = no candidate beats every other one head to head, so the one with the most wins over losses is elected (Copeland)
ballots-weightless = every ballot has weight 0, so nothing decides, and the first candidate is taken
    .hint = give at least one member a weight above 0
candidates-tied = a tie: the candidates { $others } and { $last } share the first place; candidate { $winner } was taken because it comes first
elected-unopposed = there is only one answer, so it is elected unopposed
    .hint = raise { SETTING("samples") }, or add a member
metric-not-shown = { $metric } is not shown: { $why }
meanings-not-shown = the cosine of meanings is not shown: { $cause }

## Samples of one member

samples-the-same = at temperature 0 the { $samples } samples are all the same
    .hint = set { SETTING("temperature") } to 0.7, say, or { SETTING("samples") } to 1
samples-of-one-the-same = at temperature 0 the { $samples } samples of one member are all the same
    .hint = set { SETTING("temperature") } to 0.7, say, or { SETTING("samples") } to 1
texts-without-answer = no answer can be found in { $missing } of { $samples } texts; they do not count

## Chain of thought, self-refinement and mixture of agents

thought-to-no-answer = the text has no answer of this kind and is kept as it is
    .hint = raise { SETTING("max_tokens") }, or check that it ends with { $phrase }
critique-blank = the criticism is blank, so the answer is kept
    .hint = raise { SETTING("max_tokens") }
refined-to-no-answer = none of the texts has an answer of this kind; the last one is kept as it is
    .hint = raise { SETTING("max_tokens") }, or check that it ends with { $phrase }
proposals-blank = all proposals are blank, so nothing is added
    .hint = raise { SETTING("max_tokens") }
own-answer-only = a single member with a single answer only reads itself
    .hint = raise { SETTING("samples") }, or add a member

## Debates

solutions-without-answer = no agent gave an answer of this kind
    .hint = raise { SETTING("max_tokens") }, or check that solutions end with { $phrase }
replies-without-answer = no agent gave an answer of this kind
    .hint = raise { SETTING("max_tokens") }, or check that replies end with { $phrase }
agents-failed = { $names } failed in round { $round }: { $cause }

## Ensemble over servers

member-late = { $name } did not answer within { $seconds } s
    .hint = raise { SETTING("patience") }, or remove the member
member-dropped = { $name } is left out from token { $step } on: { $cause }
member-dropped-for = { $name } is left out from token { $step } on, for { $tokens } tokens at least: { $cause }
member-back = { $name } takes part again from token { $step } on
alternatives-fewer = { $name } tells { $given } tokens where { $asked } were asked for, so the choice is certain less often
    .hint = lower { SETTING("top_k", "unite") }, or serve the model so that it tells more of them
logprobs-processed = { $name } tells probabilities that sum to { $sum }: they are not those of the model itself
    .hint = serve the model so that it tells raw log-probabilities, before temperature and penalties
logprobs-untold = { $server } tells no log-probabilities with its answers
    .hint = serve the model with llama.cpp, vLLM or SGLang, or choose a method that needs only text
nobody-left = no member with a weight above 0 can tell the next token

## Cascade

one-answer-agrees = a member that answers once always agrees with itself, so the first answer is always taken
    .hint = set { SETTING("temperature") } above 0, such as 0.7, and { SETTING("samples") } to 3 or more
member-failed = { $name } failed: { $cause }
members-without-answer = no member gave an answer of this kind; the last one's text is kept as it is
    .hint = raise { SETTING("max_tokens") }, or choose another { SETTING("answer") }
another-answer-stands = { $name } gave no answer; that of { $other } is taken

## Judge

judge-failed = the judge failed: { $cause }
chosen-unopposed = there is only one answer, so it is chosen unopposed
    .hint = add a member
texts-without-verdict = { $blank } of { $texts } texts of the judge give no verdict
    .hint = raise { SETTING("max_tokens") }, or take a judge that follows instructions
verdicts-contrary = the judge's verdicts contradict each other; of the answers it named, the most frequent is taken
verdict-none = there is no verdict; the most frequent answer is taken, or the first of equally frequent ones
answers-of-members-tied = a tie between the answers of { $names }; the first was taken

## Routing between members

strengths-unlike = the prompt matches none of the strengths, so the first member answers
    .hint = describe what the members are good at, or give examples
strengths-tied = a tie: the prompt matches { $names } equally well; the first of them answers
strengths-too-many = { $strengths } strengths are described, but there are { $members } members
    .hint = give one for each member, in their order
strength-none = nothing says what { $name } is good at
    .hint = { PLACE() ->
        [app] describe every member under { SETTING("strengths") }, or give the member an instruction
       *[terminal] describe every member, as in --set 'strengths=["sums", "letters"]', or give the member an instruction
    }
meanings-rough-route = the embedding model was made for English; it reads other languages only roughly
    .hint = choose { CHOICE("by", "spelling") } for { SETTING("by") }

## Experts on several devices

devices-none = { $devices } devices cannot hold experts
    .hint = choose at least one device
devices-without-experts = { $devices } devices for { $experts } experts: some would have none
    .hint = choose at most { $experts } devices
capacity-not-positive = a capacity factor of { $factor } leaves no room for any token
    .hint = choose one above 0; 1 is room for an even share
gate-k-range = each token cannot be given to { $k } of { $experts } experts
    .hint = choose from 1 to { $experts }
gate-without-ids = experts given by lot need the ids of the tokens, and there are none
    .hint = give the ids, or choose another gate
gate-uneven-groups = { $experts } experts cannot be divided evenly into { $groups } groups
    .hint = choose a number of groups that divides { $experts }
processes-failed = the processes that compute the layer together ended with: { $said }
    .hint = try again; if it fails again, choose no measured run
local-experts-diverged = the weights have grown without bounds
    .hint = choose a smaller learning rate
