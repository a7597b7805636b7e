# Methods, their settings and the choices of each, as a person calls them. In a name, every character
# outside of a-z and 0-9 is a hyphen. Where a setting means something else in one method, the
# method's own words, setting-METHOD-NAME, come first.

## Tabs

family-start = Start
    .summary = What this is, and where models can be fused.
family-tokens = Tokens
    .summary = Models write one text together: before every token one rule combines what each of them expects.
family-answers = Answers
    .summary = Models write whole answers; a vote, a judge or a router decides which one counts.
family-conversation = Conversation
    .summary = Models read what others wrote, or what they wrote themselves, and answer again.
family-inside = Inside
    .summary = One model holds many experts, and a gate sends each token to a few of them.
family-build = Build
    .summary = New models out of others: layers are grafted, weights are merged, and the result is a model like any other.
family-compare = Compare
    .summary = One question, several ways: answers and costs side by side.
family-measure = Measure
    .summary = A whole set of questions for several methods: how often is each right, and at what cost?

## Methods

method-solo = One model alone
    .summary = One model answers alone: the baseline that every fusion is measured against.
method-ensemble = Token ensemble
    .summary = Before every token the members’ probabilities are pooled, and all go on with the token that was chosen.
method-unite = Ensemble over servers (UniTE)
    .summary = Before every token each member tells only its likeliest ones, and these are pooled: models on servers can take part, whatever their vocabularies.
method-contrastive = Contrast
    .summary = Before every token, what sets an expert, the first member, apart from an amateur, the second, is preferred.
method-proxy-tuning = Proxy-tuning
    .summary = Before every token the first member, the base, is moved by what sets the second, the expert, apart from the third.
method-alternate = Write in turns
    .summary = Members write one text in turns, a few tokens each, and all read what the others wrote.
method-vote = Vote
    .summary = Everyone answers, and the answer that is most like all the others is elected.
method-self-consistency = Self-consistency
    .summary = One model answers several times, and its most frequent answer counts.
method-judge = Judge
    .summary = The last member reads the answers of the others and chooses the best.
method-member-routing = Routing between models
    .summary = Only the member answers whose strength is most like the prompt.
method-cascade = Cascade
    .summary = The first member answers several times; the next is asked only if those answers do not agree.
method-debate = Debate
    .summary = Members read one another’s solutions and revise their own until they agree.
method-multi-agent-debate = Multi-agent debate
    .summary = Each member keeps its own chat, hears the others’ last replies, and answers again; then they vote.
method-mixture-of-agents = Mixture of agents
    .summary = Members propose answers, layer by layer, and the last member writes one answer out of them.
method-self-refine = Self-refine
    .summary = One model criticises its own answer and mends it until it finds nothing to mend.
method-chain-of-thought = Chain of thought
    .summary = One model thinks step by step before it answers.
method-moe = Mixture of experts
    .summary = One model with experts inside answers, and you see which experts it chooses for every token.

## Sampling

setting-max-tokens = Longest answer
    .help = In tokens. Raise it where answers are cut off; shorter is faster.
setting-temperature = Temperature
    .help = 0 always takes the most likely token. Higher values vary more; methods that compare several answers of one model need some, such as 0.7.
setting-top-k = Top-k
    .help = Draw only among so many of the most likely tokens; 0 cuts nothing.
setting-top-p = Top-p
    .help = Draw only among the most likely tokens that together reach this probability; 1 cuts nothing.
setting-seed = Seed
    .help = The same seed gives the same run again; another one draws anew.

## Settings of several methods

setting-answer = Kind of answer
    .help = What counts as an answer when answers are compared. Choose the kind your question asks for.
choice-answer-exact = Exact text
    .help = The whole text, letter by letter.
choice-answer-number = Number
    .help = The number that a text comes to; 42 and 42.0 are the same.
choice-answer-choice = Choice
    .help = A letter, such as (A).
choice-answer-yes-no = Yes or no
    .help = Whether the text says yes or no.
choice-answer-text = One line of text
    .help = One line, compared by its words; capitals and punctuation do not count.

setting-phrase = Answer phrase
    .help = The phrase in front of the answer, such as “The answer is”. Without it the last answer of this kind in the text is taken.
setting-truth = Right answer
    .help = If you know it, every answer is marked right or wrong by it. No model reads it.
setting-samples = Answers of each member
    .help = How often each member answers. More than one makes sense only at a temperature above 0.
setting-on-failure = When a member fails
    .help = Whether the run goes on without it. Stop where every member matters.
choice-on-failure-go-on = Go on without it
choice-on-failure-stop = Stop the run
setting-n-top = Candidates shown
    .help = How many of each member’s most likely tokens the picture shows at every step. It changes nothing in the text.

## Token ensemble, turns

setting-pooling = How to pool
    .help = The rule that makes one distribution of the members’ before every token.
choice-pooling-arithmetic = Mean
    .help = The weighted mean of the probabilities: one confident member can carry a token.
choice-pooling-geometric = Product
    .help = The weighted product of the probabilities: a token needs support from all.
choice-pooling-maximum = Maximum
    .help = Each token counts as much as the member that likes it most says. Weights do not matter, except that a member of weight 0 is left out.
choice-pooling-minimum = Minimum
    .help = Each token counts as much as the member that likes it least says. Weights do not matter, except that a member of weight 0 is left out.
choice-pooling-majority = Majority
    .help = Every member votes for its likeliest token; the mean of those that voted for the winner decides.
choice-pooling-drawn = Drawn
    .help = One member is drawn by its weight before every token, and gives it. At temperature 1 this is the mean, with one member computing at a time.
setting-alignment = Different vocabularies
    .help = How members that cut text into different tokens understand one another. What is chosen, every member reads in tokens of its own.
choice-alignment-auto = By itself
    .help = As one vocabulary where it is one; else the likeliest tokens are put together.
choice-alignment-shared = One vocabulary
    .help = Members whose vocabularies differ are refused.
choice-alignment-exact = Same tokens
    .help = The text is written in the first member’s tokens. Another member counts with those of its tokens that are the same bytes.
choice-alignment-mined = Nearest tokens
    .help = The text is written in the first member’s tokens. A token that the first member lacks counts as the one with the smallest edit distance.
choice-alignment-union = Likeliest tokens together
    .help = The ten likeliest tokens of each member stand side by side. A member that lacks one gives it the chance of the token that it would begin it with. (UniTE)
choice-alignment-gac = All tokens together
    .help = The vocabulary is everything that some member has. A token has no support from a member that lacks it. (GaC)
choice-alignment-relative = Related tokens
    .help = What each member wants is told by how near its tokens are to tokens that all have. The first member’s own distribution is then moved towards what all want. (DeePEn)
choice-alignment-bytes = Byte by byte
    .help = Every member says how likely the next byte is, whatever its tokens are. Exact and slow; limits on tokens count bytes.
setting-search-rate = Rate of the search
    .help = How far a step of the search moves the first member’s logits, in nats. There are five steps, so a small rate stays near what the first member wants.
setting-act = When to pool
    .help = Pooling every token can spoil long answers. The members can also be pooled only where it is likely to help.
choice-act-always = Always
    .help = Before every token.
choice-act-unsure = Where the first is unsure
    .help = The first member writes alone wherever it is sure enough. The others compute only where it is not.
choice-act-disputed = Where the first is disputed
    .help = As above, and only if the pool might choose another token than the first member does (SAFE): not if all choose the same, nor if its mean probability is above one half.
choice-act-supported = With support only
    .help = A member is left out of a step if its likeliest token is near the top for nobody else.
setting-ensemble-threshold = Sure from
    .help = The first member writes alone if its likeliest token has this probability or more. At 0 it always does.
setting-support-top-k = Near the top
    .help = A member’s likeliest token has to be among so many of somebody else’s likeliest.
setting-weighting = What weights go by
    .help = The members’ weights can be multiplied by how well each understands the prompt, or by how sure it is of the step. They are then scaled to add up to 1.
choice-weighting-fixed = As they are set
    .help = The same at every step.
choice-weighting-prompt = The prompt
    .help = A member counts more the less the prompt surprises it, measured in nats per byte. The same at every step.
choice-weighting-optimised = The prompt, together
    .help = The weights, found step by step, under which the pool predicts the prompt best; members that add nothing weigh 0. The same at every step.
choice-weighting-entropy = Entropy
    .help = At every step a member counts more the lower the entropy of its distribution.
choice-weighting-confidence = Confidence
    .help = At every step a member counts as much as the probability of its likeliest token.
setting-tau = Temperature of weights
    .help = Low values leave the best member nearly alone.
setting-alpha = Plausible from
    .help = Tokens below this share of the expert’s largest probability are left out, so that no nonsense wins by contrast. 1 leaves the expert’s first choice alone.
setting-amateur-temperature = The amateur’s temperature
    .help = Below 1 the amateur is taken to be surer than it is, so that its favourites are avoided more.
setting-strength = Strength
    .help = How far the base is moved. 0 is the base alone.
setting-turn = Tokens a turn
    .help = How many tokens one member writes before the next goes on. 1 mixes voices most.

## Ensemble over servers

setting-unite-top-k = Tokens of each member
    .help = How many of its likeliest tokens each member tells. With more of them the choice is certain more often; vLLM and SGLang tell 20 as a rule, plain completions 5.
setting-scores = Exact scores
    .help = Whether a member is asked, too, what it thinks of tokens that only others told.
choice-scores-always = Always
    .help = At every step: one more request to each server.
choice-scores-needed = Where they matter
    .help = Only where the choice could be another with them. The text is the same.
choice-scores-never = Never
    .help = What a member did not tell counts as nothing.
setting-ahead = Read ahead
    .help = How many tokens a server tells at once, as if its own likeliest were chosen each time. While the members agree, nobody has to be asked. The text is the same.
setting-patience = Seconds of patience
    .help = A server that takes longer for one step is left out, or the run stops.
setting-rejoin = Asked again after
    .help = After how many tokens a member that failed is asked again; twice as many after each further failure. 0 is never.
setting-floor = Floor of the product
    .help = Counts where probabilities are multiplied: what stands for a probability that a member does not tell. 0 forbids the token.

## Vote

setting-metric = What makes answers alike
    .help = By what two answers are compared. All are shown; this one elects.
choice-metric-rouge-l = Words in order
    .help = Words that both answers have in the same order (ROUGE-L).
choice-metric-char-lcs = Characters in order
    .help = Characters that both have in the same order: good for Chinese and for short answers.
choice-metric-cosine = Meaning
    .help = By a small embedding model made for English.
choice-metric-mixture = A mixture
    .help = A weighted mean of the others; set the weights below.
setting-mixture = Weights of the mixture
    .help = Only for the mixture: how much each likeness counts, such as rouge_l=1, cosine=2.
setting-rule = How likenesses elect
    .help = Most typical suits free text; Majority suits short answers that can be counted.
choice-rule-mbr = Most typical
    .help = The answer that is most like all the others on average (minimum Bayes risk).
choice-rule-majority = Majority
    .help = The answer with the most votes behind it, by weight, over half or not.
choice-rule-borda = Points
    .help = Every text ranks the others by likeness; places give points (Borda count).
choice-rule-condorcet = Head to head
    .help = The answer that beats every other one in pairs (Condorcet).
choice-rule-ranked-pairs = Clearest wins first
    .help = Head-to-head wins are locked in, the clearest first (ranked pairs).
choice-rule-clusters = Largest group
    .help = The most typical answer of the heaviest group of like meaning.
setting-weights = What a ballot weighs
    .help = Whether members count by their weight, all the same, or by how sure the model was.
choice-weights-member = The member’s weight
choice-weights-uniform = All the same
choice-weights-logprob = How sure the model was
    .help = By the mean log-probability of its tokens. Needs models that tell it.
setting-candidates = Answers from elsewhere
    .help = Paste answers that stand for election too. With two or more no model is needed.
setting-duplicates = Equal answers
    .help = Whether an answer that is given three times counts three times.
choice-duplicates-count = Count each
choice-duplicates-merge = Count once
setting-own-ballot = Count a candidate’s own ballot
    .help = Whether an answer’s likeness to itself counts. With equal weights the same one is elected.
setting-meanings = Show meanings too
    .help = Also show how alike the meanings are where that does not decide. Takes a little longer.

## Self-consistency, judge, routing, cascade

setting-self-consistency-samples = Answers
    .help = How often the model answers. More makes the majority steadier and costs as much more.
setting-orders = Orders
    .help = How often the judge is asked. 2 shows it the answers in reversed order too, against its liking for the first or last place.
setting-strengths = Strengths
    .help = What each member is good at, or examples of prompts for it, in the members’ order. Without one its instruction counts.
setting-by = Likeness of
    .help = By what prompt and strengths are compared. Take spelling for sums, made-up tasks and Chinese.
choice-by-meaning = Meaning
    .help = By a small embedding model made for English.
choice-by-spelling = Spelling
    .help = By the characters in their order.
setting-cascade-samples = Answers of each member
    .help = How often each member is asked before its agreement with itself is measured. 3 or more, at a temperature above 0.
setting-threshold = Threshold
    .help = The share of equal answers that is enough. Higher is safer and asks the next member more often.

## Debates

setting-topology = Who reads whom
    .help = The more they read, the sooner they agree, on a wrong answer too. It also sets the cost.
choice-topology-memory = Everyone
    .help = Everyone reads everyone.
choice-topology-report = Hub
    .help = One reads all the others, and all the others read only that one.
choice-topology-relay = Ring
    .help = Each reads the next one in a ring.
choice-topology-debate = Pairs
    .help = Neighbours in a tree read one another.
setting-max-rounds = Rounds, at most
    .help = How often members may revise. 0 lets everyone answer alone and vote.
setting-rounds = Rounds
    .help = How often each member answers, the first time included. Every round costs more, since chats grow.
setting-stop = Stop early
    .help = When the debate ends before its last round.
choice-stop-unanimous = All agree
choice-stop-majority = More than half agree
choice-stop-stable = Each has settled
    .help = A member leaves once it has given the same answer twice.
setting-wording = Instructions
    .help = Full sentences for models that follow instructions; one line a solution for the zoo’s readers.
choice-wording-full = In sentences
choice-wording-short = One line a solution
setting-roles = Roles
    .help = Instructions for members that have none of their own, in turn.
setting-debate-on-failure = When an agent fails
    .help = Whether the debate goes on without it. Stop where every agent matters.
setting-multi-agent-debate-on-failure = When an agent fails
    .help = Whether the debate goes on without it. Stop where every agent matters.
setting-debate-phrase = Answer phrase
    .help = What solutions are asked to end with, before the answer. The answer is found by it.
setting-multi-agent-debate-phrase = Answer phrase
    .help = What replies are asked to end with, before the answer. The answer is found by it.

## Mixture of agents, self-refine, chain of thought, mixture of experts

setting-layers = Layers
    .help = In all but the last everyone proposes; in the last one member writes the answer. Each layer costs about as much again.
setting-mixture-of-agents-samples = Answers of each proposer
    .help = How many answers each proposes in a layer. One model with several is Self-MoA.
setting-iterations = Rounds of criticism, at most
    .help = How often the model criticises and mends. It stops earlier when it finds nothing to mend.
setting-self-refine-phrase = Answer phrase
    .help = What the text is asked to end with, before the answer. The answer is found by it.
setting-chain-of-thought-phrase = Answer phrase
    .help = What the text is asked to end with, before the answer. The answer is found by it.
setting-compare = Second prompt
    .help = Read beside the first, to compare the routes of the two through the experts.
setting-moe-top-k = Experts per token
    .help = How many experts every layer gives a token to. 0 leaves it to the model; any other number counts as steering.
setting-steer = Steering
    .help = Rules for the routers: ban 3@2 takes expert 3 of layer 2 away, force 1@all always uses expert 1, swap 0-5@4 exchanges two, top 1@4-7 gives a token one expert only in layers 4 to 7. Without a second prompt, the answer without steering stands beside.
setting-text = Text to measure
    .help = With steering, its perplexity is measured with and without. Left empty, the answer without steering is measured.
