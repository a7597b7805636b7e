# What methods say of a run: what they cannot do, and what came otherwise than asked.

## Vote

nobody-stands = nobody stands for election
    .hint = add a member, or give candidates to vote on
candidates-without-logprob = candidates written elsewhere have no log-probability to weigh their ballots by
    .hint = set weights to member or uniform, or leave the candidates out
members-without-logprob = the log-probability of an answer is not given by { $names }
    .hint = set weights to member or uniform, or take models that run on this machine
logprobs-lacking = { $names } did not give the log-probability of every token, so all ballots weigh the same
    .hint = set weights to member or uniform, or run the model with transformers
answers-cut-off = { $cut } of { $samples } answers of { $name } were cut off at { $tokens } tokens
    .hint = raise max_tokens to compare whole answers
answers-blank = all answers are blank
    .hint = raise max_tokens, or use other members
answers-blank-in-part = { $blank } of { $texts } answers of { $name } are blank and do not stand
candidates-blank = all candidates are blank
    .hint = give at least one with some text
majority-without-answers = no answer can be found in any text, so the likeness to all others decides (mbr)
    .hint = set another kind of answer, or the phrase that it follows
condorcet-without-winner = no candidate beats every other one head to head, so the one that beats most, less those it loses to, is elected (Copeland)
ballots-weightless = no ballot weighs anything, so nothing decides, and the first candidate is taken
    .hint = give at least one member a weight above 0
candidates-tied = a tie: the candidates { $others } and { $last } share the first place; candidate { $winner } was taken because it comes first
elected-unopposed = only one answer stands, so it is elected unopposed
    .hint = raise samples, or add a member
metric-not-shown = { $metric } is not shown: { $why }
meanings-not-shown = the cosine of meanings is not shown: { $cause }

## Samples of one member

samples-the-same = at temperature 0 the { $samples } samples are all the same
    .hint = set a temperature, such as 0.7, or samples to 1
samples-of-one-the-same = at temperature 0 the { $samples } samples of one member are all the same
    .hint = set a temperature, such as 0.7, or samples to 1
texts-without-answer = no answer can be found in { $missing } of { $samples } texts; they do not count

## Chain of thought, self-refinement and mixture of agents

thought-to-no-answer = the text comes to no answer of this kind, and stands as it is
    .hint = raise max_tokens, or check that it ends with { $phrase }
critique-blank = the critique is blank, so the answer stands
    .hint = raise max_tokens
refined-to-no-answer = none of the answers is of this kind, and the last text stands as it is
    .hint = raise max_tokens, or check that it ends with { $phrase }
proposals-blank = all proposals are blank, so nothing is added
    .hint = raise max_tokens
own-answer-only = one member with one sample only reads its own answer
    .hint = raise samples, or add a member

## Debates

solutions-without-answer = no agent came to an answer of this kind
    .hint = raise max_tokens, or check that solutions end with { $phrase }
replies-without-answer = no agent came to an answer of this kind
    .hint = raise max_tokens, or check that replies end with { $phrase }
agents-failed = { $names } failed in round { $round }: { $cause }

## Cascade

one-answer-agrees = with one answer a member always agrees with itself: the first answer there is will be taken
    .hint = set a temperature above 0, such as 0.7, and samples to 3 or more
member-failed = { $name } failed: { $cause }
members-without-answer = no member came to an answer of this kind, and the last one's text stands as it is
    .hint = raise max_tokens, or choose another kind of answer
another-answer-stands = { $name } came to no answer; that of { $other } stands

## Judge

judge-failed = the judge failed: { $cause }
chosen-unopposed = only one answer stands, so it is chosen unopposed
    .hint = add a member
texts-without-verdict = { $blank } of { $texts } texts of the judge give no verdict
    .hint = raise max_tokens, or take a judge that follows instructions
verdicts-contrary = the judge's verdicts are contrary; of those, equal answers decide
verdict-none = there is no verdict; equal answers decide, and of equals the first
answers-of-members-tied = a tie between the answers of { $names }; the first was taken

## Routing between members

strengths-unlike = the prompt is like none of the strengths, so the first member answers
    .hint = describe what the members are good at, or give examples
strengths-tied = a tie: the prompt is equally like { $names }; the first of them answers
strengths-too-many = { $strengths } strengths are described, but there are { $members } members
    .hint = give one for each member, in their order
strength-none = nothing says what { $name } is good at
    .hint = describe each in strengths, such as --set 'strengths=["sums", "letters"]', or give the member an instruction
    .hint-app = open Settings and describe each under Strengths, or give the member an instruction
meanings-rough-route = the embedding model was made for English; it reads other languages only roughly
    .hint = route by spelling
