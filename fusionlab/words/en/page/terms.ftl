# The glossary: a term's name, what it means in two to four sentences, and a formula where one helps.

# Text and probabilities
term-token = Token
    .text = The unit in which a model reads and writes: a word, a part of a word, a sign or a digit. Models write one token after another; common words are one token, rare ones are several.
term-tokenizer = Tokenizer
    .text = The rule that cuts a text into tokens and puts them together again. Each family of models has its own. Two models can be fused token by token only if their tokens can be matched.
term-vocabulary = Vocabulary
    .text = All tokens that a model knows, often 30,000 to 200,000. At every step the model gives a probability to each of them.
term-logits = Logits
    .text = The raw scores that a model gives to the tokens of its vocabulary before they become probabilities. They may be any number; only their differences count.
term-probability = Probability
    .text = How likely a model holds a token to be the next one, from 0 to 1. Over the whole vocabulary the probabilities add up to 1.
term-log-probability = Log-probability
    .text = The natural logarithm of a probability: 0 for certainty, more negative for what is less likely. The log-probability of a text is the sum over its tokens, which is easier than multiplying many small numbers.
    .formula = log p(text) = Σₜ log p(tokenₜ | tokens before it)
term-softmax = Softmax
    .text = It turns logits into probabilities: every score is exponentiated and divided by the sum of all. A score that is higher by 1 makes a token 2.7 times as likely.
    .formula = pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ)
term-temperature = Temperature
    .text = A number by which the logits are divided before the softmax. Below 1 the favourites gain, above 1 the outsiders do; 0 always takes the likeliest token.
    .formula = pᵢ ∝ exp(zᵢ / T)
term-top-k = Top-k
    .text = Sampling in which only the k likeliest tokens may be drawn. The rest are struck out and the probabilities of the k are scaled up to 1.
term-top-p = Top-p
    .text = Sampling from the smallest set of likeliest tokens whose probabilities reach p together. Where the model is certain the set is small, where it is not the set is large. It is also called nucleus sampling.
    .formula = the fewest tokens with Σ pᵢ ≥ p
term-greedy = Greedy decoding
    .text = At every step the likeliest token is written. The same prompt then gives the same text every time, but the most likely first word need not begin the most likely sentence.
term-sampling = Sampling
    .text = At every step a token is drawn at random according to its probability. The same prompt gives other texts with other seeds, which is what votes and self-consistency live on.
term-seed = Seed
    .text = The number from which all chance in a run starts. The same seed with the same settings gives the same text; another seed gives another draw.
term-entropy = Entropy
    .text = How uncertain a distribution is. It is 0 when one token has all the probability, and grows as more tokens become about equally likely. Here it is measured in nats: 0.69 nats is the toss of a coin.
    .formula = H(p) = −Σᵢ pᵢ log pᵢ
term-perplexity = Perplexity
    .text = Between how many equally likely tokens a model hesitates on average, judged by a text that it reads. Lower is better; it can be compared only between models with the same tokenizer.
    .formula = exp(−(1/n) Σₜ log p(tokenₜ))
term-nats-per-byte = Nats per byte
    .text = How surprised a model is by a text, divided by the text’s length in bytes. Unlike perplexity it does not depend on how the text is cut into tokens, so models with different tokenizers can be compared.
    .formula = −log p(text) / bytes(text)
term-divergence = Divergence
    .text = How far the members’ distributions lie apart at one step (Jensen–Shannon divergence). It is 0 when all say the same. It is the entropy of the pooled distribution minus the members’ mean entropy.
    .formula = JSD = H(Σᵢ wᵢ pᵢ) − Σᵢ wᵢ H(pᵢ)

# Fusing tokens
term-decided-by = Decided by
    .text = The member that adds most to the probability of the chosen token, weight included. If the two largest shares are within a tenth of each other, no one alone decided.
    .formula = shareᵢ = wᵢ pᵢ / Σⱼ wⱼ pⱼ
term-agreement = Agreement
    .text = How many of the members that were asked had the chosen token as their own first choice. Where tokens are drawn at random, even a token that all members put second can be chosen.
term-share = Share
    .text = How much of the chosen token’s fused probability comes from one member: its weight times its probability, divided by the sum over all. Shares add up to 1. A product, a maximum or a minimum is no sum, so it has no shares.
    .formula = shareᵢ = wᵢ pᵢ / Σⱼ wⱼ pⱼ
term-pivotal = Pivotal
    .text = A member is pivotal at a step if another token would be the pool’s first choice without it, with the others’ weights scaled to add up to 1. Several members can be pivotal at once, or none. A large share is not enough: if the others want the same token, it wins anyway. A member with a power is left out by a power of 0. Where members told only their best tokens, only what is certain is said.
term-bounds = Bounds from a record
    .text = A run keeps only each member’s likeliest tokens. Any other token is at most as likely as the last of them, and at most as likely as what they leave of 1. That gives a lowest and a highest value for what was not kept. A winner is named only if its lowest value is above all others’ highest.
    .formula = 0 ≤ pᵢ(x) ≤ min(smallest kept pᵢ, 1 − Σ kept pᵢ)
term-pool = Pool
    .text = The rule that makes one distribution out of the members’ distributions, before every token. The next token is chosen from the pooled one, and all members go on from the same text.
term-arithmetic-pool = Arithmetic pool
    .text = The weighted mean of the members’ probabilities. One confident member can carry a token even if the others find it unlikely.
    .formula = p = Σᵢ wᵢ pᵢ
term-geometric-pool = Geometric pool
    .text = The members’ probabilities are multiplied, each raised to its weight, and scaled to add up to 1. A token needs support from all: one member that finds it impossible can veto it.
    .formula = p ∝ Πᵢ pᵢ^wᵢ
term-maximum-pool = Maximum pool
    .text = Every token gets the largest probability that any member gives it; then all are scaled to add up to 1. How large a weight is does not matter, only that it is not 0.
    .formula = p ∝ maxᵢ pᵢ
term-minimum-pool = Minimum pool
    .text = Every token gets the smallest probability that any member gives it; then all are scaled to add up to 1. It is stricter than the product: nobody makes up for the most doubtful member.
    .formula = p ∝ minᵢ pᵢ
term-majority-pool = Majority pool
    .text = Every member votes, with its weight, for its likeliest token. The weighted mean of the members that voted for the winner is what the next token is chosen from. If two tokens have equally many votes, the likelier one under the mean of all wins.
    .formula = p ∝ Σᵢ wᵢ pᵢ, for i that voted for the winner
term-weight = Weight
    .text = How much a member counts. Weights are divided by their sum, so 1 and 1 mean the same as 2 and 2; a member of weight 0 is heard but changes nothing.
term-ensemble = Ensemble
    .text = Several models that produce one output together. Here the word means that their probabilities are pooled before every token. It helps most where the members make different mistakes.
term-member = Member
    .text = One model with the way it is used here: a name, an instruction and a weight. The same model can be two members, for example once as a poet and once as a geographer.
term-agent = Agent
    .text = A member of a conversation: it writes whole answers, reads those of others, and may change its mind.
term-expert = Expert
    .text = In a mixture of experts, one of several small networks inside a layer. A gate decides for each token which experts work on it. What an expert is good at arises in training; nobody assigns it.
term-adapter = Adapter
    .text = A small set of extra weights that gives a model a new skill without changing the model itself. Several adapters can share one model in memory.
term-instruction = Instruction
    .text = What a member is told before it sees the prompt, such as “You are a poet.” It is also called the system prompt. It changes what the model finds likely, not the model.
term-prompt = Prompt
    .text = The text that the models are given and that they answer or continue.
term-forward-pass = Forward pass
    .text = One computation through a whole model, from tokens to the probabilities of the next one. Writing a token takes one pass, and passes are most of what an answer costs.
term-kv-cache = KV cache
    .text = What a model keeps in memory about the tokens it has read (keys and values), so that it does not read them again for every new token. It saves time and costs memory.
term-batch = Batch
    .text = Several texts that go through a model in one pass. Members that share a model can be computed together, which is much faster than one after another.
term-tokens-in-out = Tokens in and out
    .text = How many tokens a model had to read (in) and how many it wrote (out). Reading many tokens is cheap because they go through together; writing is slow because they come one by one.
term-equal-compute = Equal compute
    .text = A comparison at the same budget. A method that reads and writes four times as much must beat what one model does with four times the tokens, such as more samples and a vote.

# Choosing among answers
term-vote = Vote
    .text = A choice among finished answers. Equal answers are counted, or like ones are grouped; the answer with most support wins.
term-majority = Majority
    .text = The rule that elects the answer given most often, with weights where there are any. Here this is the most frequent answer, even if it has fewer than half of the votes.
term-tie = Tie
    .text = Two or more answers have equally many votes. One must be taken, usually the first; that is a convention and no victory.
term-unanimity = Unanimity
    .text = All gave the same answer. That is a good sign, but no proof: members with the same training often make the same mistake.
term-confidence = Confidence
    .text = How often an answer came up among several: 3 of 4 samples are 75%. It is measured from the answers themselves, not claimed by a model, and it can be high and wrong.
    .formula = votes for the answer / all answers
term-consensus = Consensus
    .text = How much an answer resembles all the others, on average. The answer with the highest consensus says best what most of them say (minimum Bayes risk).
    .formula = cᵢ = Σⱼ wⱼ sᵢⱼ / Σⱼ wⱼ
term-self-consistency = Self-consistency
    .text = One model answers the same question several times with some randomness, and the most frequent answer is taken. Wrong ways tend to end in different places, right ones in the same.
term-judge = Judge
    .text = A model that reads the answers of others and says which is best. Judges have habits: many prefer the answer that stands first, or the longer one, so it is worth asking in both orders.
term-medoid = Medoid
    .text = The most typical of several texts: the one that is most like all others. Unlike a mean, it is always one of the texts that were really written.
    .formula = argmaxᵢ Σⱼ sᵢⱼ
term-rouge-l = ROUGE-L
    .text = A likeness of two texts by their words: the longest series of words that both have in the same order, gaps allowed. It does not know synonyms.
    .formula = F = 2PR / (P + R), P = LCS / length a, R = LCS / length b
term-bertscore = BERTScore
    .text = A likeness of two texts by meaning, word by word: every token looks for the most similar one in the other text, compared by embeddings in context. It recognises synonyms.
term-embedding = Embedding
    .text = A list of numbers that stands for the meaning of a text. Texts that mean similar things get lists that point in similar directions.
term-similarity = Similarity
    .text = How alike two texts are, from 0 to 1. It can be measured by letters, by words or by meaning, and these can disagree: “It is true” and “It is not true” share most of their words.
    .formula = cos(a, b) = a·b / (|a| |b|)
term-cluster = Group of like answers
    .text = Answers that are so similar that they count as one. Groups are formed step by step, the most similar first, until no two groups are similar enough.

# Conversation
term-debate = Debate
    .text = Several agents answer, read one another’s answers and answer again. It can correct mistakes, and it can also spread them: agents give in to others as well as to good reasons.
term-topology = Topology
    .text = Who hears whom in a conversation: everyone hears everyone, all report to a hub, each hears one neighbour in a ring, or pairs talk. Fewer links cost fewer tokens and spread an opinion more slowly.
term-round = Round
    .text = One turn of a conversation in which every agent that still takes part answers once, having read the answers of the round before.
term-mixture-of-agents = Mixture of agents
    .text = Agents in layers: each agent of a layer gets all answers of the layer before in its prompt, and the last one writes the final answer from what it was given.
term-layer = Layer
    .text = In a mixture of agents, a set of agents that work side by side on the answers of the layer before. Inside a model, one of the blocks through which every token passes in turn.
term-self-refine = Self-refine
    .text = One model drafts, criticises its own draft and writes it again, until it is content. It depends on the model seeing its mistakes; small models often make a good answer worse.
term-chain-of-thought = Chain of thought
    .text = The model is asked to write its steps before the answer. Each step becomes text that the next one can build on, which often helps with sums and logic, and costs more tokens.
term-cascade = Cascade
    .text = Models are asked one after the other, the cheapest first. If one agrees well enough with itself, its answer is taken and the others are never asked.
term-threshold = Threshold
    .text = The value at which a decision flips. In a cascade: how sure a model must be for its answer to be taken. Higher is more careful and costs more.

# Routing and experts
term-routing = Routing
    .text = A question or a token is sent to one or a few of many that could work on it, and only those work. What matters is that the choice costs less than asking all.
term-router = Router
    .text = What chooses who works: for a whole question, by comparing it with what each member is good at; for a token inside a model, a small trained layer, also called the gate.
term-gate = Gate
    .text = The small layer of a mixture of experts that gives every expert a share for each token. The experts with the highest shares work, and their results are added by these shares.
    .formula = y = Σ gᵢ(x) Eᵢ(x), over the chosen experts i
term-mixture-of-experts = Mixture of experts
    .text = A model whose layers hold many experts, of which each token uses a few. So it can hold much more than it computes with: many parameters, little work for each token.
term-load = Load
    .text = The share of all tokens that an expert gets. In training one aims for an even load, because otherwise a few experts do everything and the others learn nothing.
term-top-1 = Top-1 routing
    .text = Every token goes to the one expert with the highest share. It is the cheapest routing; with top-2, two experts work on each token and their results are mixed.
term-silent-expert = Silent expert
    .text = An expert that got no token, in this text or in all of training. It takes up memory and does nothing here; with another text it may well be used.
term-lift = Lift
    .text = How many times more often something goes to an expert than chance would send it there: its share of these tokens over its share of all tokens. A lift of 2 over three tokens may well be chance.
    .formula = lift = (k / m) / (n / N)
term-load-variation = Coefficient of variation (CV)
    .text = How unevenly experts are used: the spread of their loads over the mean load. It is 0 when all get the same, and √(E − 1) when one of E experts gets everything.
    .formula = CV = σ(f) / μ(f)
term-load-peak = Peak load
    .text = The load of the busiest expert over the mean load. It is 1 when all get the same. On several machines everybody waits for the busiest one, so this is what uneven use costs in time.
    .formula = max f / μ(f)
term-load-balance = Balance of load
    .text = What training makes small so that all experts are used. It is 1 when the experts’ shares f or the router’s mean probabilities P are even, and higher when the experts that get more tokens are also the ones the router favours.
    .formula = E · Σ fᵢ Pᵢ
term-dropped-token = Dropped token
    .text = A token beyond what its expert may take. The expert leaves it out, and only the layer’s bypass carries it on. The models whose routes are shown on this tab drop none; in training with a fixed capacity it happens, as in the laboratory’s study of gates.
term-active-parameters = Active parameters
    .text = The weights that one token is computed with: everything outside the experts, and the few experts that the router chooses. Work for each token follows the active parameters, memory the total.
    .formula = active = shared + k / E · experts
term-local-experts = Local experts
    .text = Small networks that share one problem, each good in its own region, with a gate that says how much each counts at a place. Trained by a loss in which each stands for itself, they divide the problem among them; the experts of today’s mixtures come from this idea.
    .formula = E = −log Σᵢ pᵢ exp(−½ ‖d − oᵢ‖²)
term-noisy-top-k = Noisy top-k
    .text = Before the k largest logits are taken, noise is added to each, as much as a trained layer says. So experts that are nearly chosen get a turn now and then, and the load can be pushed towards even by a loss that has a slope.
    .formula = Hᵢ = (x W)ᵢ + N(0, 1) · softplus((x Wₙ)ᵢ)
term-router-collapse = Collapse of the router
    .text = The rich get richer: an expert that is chosen is trained, gets better, and is chosen the more. The others starve and fall silent. It is held off by a loss, by a bias, or by letting experts choose their tokens.
term-auxiliary-loss = Auxiliary loss
    .text = A second loss that is added, with a small weight, to the loss of the text. Here it grows when the work is spread unevenly over the experts. Too small, it changes nothing; too large, experts are chosen for balance and not for what they can do.
    .formula = loss = loss of the text + α · loss of balance
term-importance-loss = Importance loss
    .text = An expert’s importance is the sum of its gate values over a batch. The loss is the squared coefficient of variation of all importances: 0 when they are equal. Equal importance does not yet mean equally many tokens, so a load loss stands beside it.
    .formula = w · CV(Σ G(x))²
term-load-loss = Load loss
    .text = How many tokens an expert gets is a count, and a count has no slope to learn from. So for each token the probability is taken that the expert is among the k if its noise is drawn again. The loss is the squared coefficient of variation of their sums.
    .formula = w · CV(Σ P(x, i))²
term-z-loss = Router z-loss
    .text = It keeps the router’s logits small, which keeps rounding errors small in numbers of 16 bits. It says nothing of how evenly the experts are used.
    .formula = mean of (log Σ exp zᵢ)²
term-bias-balancing = Balance by a bias
    .text = Each expert has a bias that is added to its score when experts are chosen, and at no other place. After each step it goes up a little if the expert got too few tokens and down if it got too many. No loss pulls at the weights.
    .formula = bᵢ ← bᵢ + u · sign(mean load − loadᵢ)
term-capacity = Capacity
    .text = How many tokens of a batch one expert takes: an even share times a factor. Buffers of a fixed size let all experts compute at once. What is beyond it is dropped; what is not filled is computed in vain.
    .formula = C = factor · tokens / experts
term-expert-choice = Expert choice
    .text = The choice is turned round: each expert takes the tokens that it scores highest, all equally many. The load is even by construction, but a token may be taken by many experts or by none. It looks at later tokens, and so is no way to write one token after another.
term-shared-expert = Shared expert
    .text = An expert that reads every token, beside those that are chosen. What all tokens need is learned once there, so that the others can be special.
term-dispatch-mask = Dispatch mask
    .text = A table of tokens, experts and places, with a 1 where a token stands at a place in an expert’s buffer. One product with it sends all tokens to their experts, and one with the weights in place of the ones brings the results back. Nearly all of it is 0, so sorting the tokens by expert is far cheaper.
    .formula = sent[e, c, m] = Σₛ mask[s, e, c] · x[s, m]
term-random-routed = Random routed experts
    .text = Nothing is learned about who reads what: the domain of a text names a group of experts, and a fixed lot names the expert in it for each kind of token. A domain can then be taken out as a model of its own, or added, without touching the others.
term-all-to-all = All-to-all
    .text = The exchange in which every device sends something to every other one: the vectors of tokens to the devices of their experts, and the results back. It happens twice in each layer of experts, and often takes longer than computing.
    .formula = 2 · tokens · k · (1 − 1/D) · width · bytes

# Learning one task after another
term-forgetting = Forgetting
    .text = What a model could do and no longer can, once it has learned something else. Here it is the best score that it had on a task, less its score at the end, averaged over the earlier tasks.
    .formula = mean over j < T of (max over l < T of R[l, j] − R[T, j])
term-backward-transfer = Backward transfer (BWT)
    .text = How much later tasks changed the scores on earlier ones: the score at the end less that just after the task was learned. Below 0 it is forgetting; above 0, later tasks helped. R[i, j] is the score on task j after task i.
    .formula = BWT = mean over j < T of (R[T, j] − R[j, j])
term-forward-transfer = Forward transfer (FWT)
    .text = How much earlier tasks help with one that has not been learned yet: the score just before it is learned, less that of the model before the first task.
    .formula = FWT = mean over j > 1 of (R[j − 1, j] − b[j])
term-rehearsal = Rehearsal
    .text = Some old problems are kept and mixed into every batch of the new task. It is simple and works well; the price is that old data must be kept and read again.
term-ewc = Elastic weight consolidation (EWC)
    .text = Each weight is pulled back to where it stood, as if by a spring, the more strongly the more the old tasks depended on it. How much they did is read off their squared gradients (Fisher information). No old data are kept, but two more numbers for each weight.
    .formula = loss + λ/2 · Σ F (θ − θ*)²
term-lwf = Learning without forgetting (LwF)
    .text = While a new task is learned, the model’s outputs on the new data are held near those of the model as it was before. It needs no old data. It holds only as well as the new data show what the old model knew.
    .formula = loss + w · KL(old ‖ new)

# Measuring
term-benchmark = Benchmark
    .text = Many questions with known answers, put to several methods under the same conditions. It shows what single examples cannot: how often something is right.
term-suite = Suite
    .text = A fixed list of questions with their answers, of one kind: sums, dates, tables. A benchmark is run on one suite.
term-exact-match = Exact match
    .text = An answer counts as right if it equals the known one, once spaces and the like are evened out. It is strict and leaves nothing to taste.
term-contender = Contender
    .text = Whatever takes part in a benchmark: one model alone, or a method with its members and settings.
term-confidence-interval = Confidence interval
    .text = The range in which the true share of right answers plausibly lies, given that only some questions were asked. A 95% interval, made in the same way many times over, holds the truth in 95 of 100 cases. Four times the questions halve it.
term-mcnemar = McNemar’s test
    .text = It asks whether two contenders really differ on the same questions. Only questions that one got right and the other wrong count: if these are split about evenly, chance explains the difference.
    .formula = p = P(split at least so uneven | a fair coin, n = b + c tosses)
term-bootstrap = Bootstrap
    .text = A way to find out how uncertain a result is: questions are drawn again and again from the same set, with repetition, and one looks at how much the result varies.
term-pareto = Pareto front
    .text = The contenders that no other one beats in both respects, more often right and cheaper. Everything off the front is a bad bargain: something else is at least as good for less.
term-oracle = Oracle
    .text = What an ideal chooser would reach that always knows which member is right: a question counts as solved if any member solved it. It bounds what choosing among the answers can reach.
term-complementarity = Complementarity
    .text = How far members succeed on different questions. The less their mistakes coincide, the more there is for a fusion to win.
term-truth = Known answer
    .text = The right answer to the prompt, where one is given. With it, the page can say whether the fusion helped, did harm, or cannot be told apart.

# Making models
term-upscaling = Depth upscaling
    .text = A deeper model made of a smaller one: its layers are stacked twice with some overlap, then trained a little more.
term-merging = Merging
    .text = The weights of several models are combined into one model, for example by their mean. The result costs no more than one model, but the models must be built alike and share an origin.
    .formula = θ = Σᵢ wᵢ θᵢ
term-distillation = Distillation
    .text = A small model (the student) learns to give the same probabilities as a large one or a whole ensemble (the teacher). Much of the skill remains at a fraction of the cost.
term-tokenizer-alignment = Alignment of tokens
    .text = One text under two tokenizers: which tokens of the one stand where a token of the other stands? It is found by the bytes at which tokens end, or by time warping, which guesses by their spelling. Only where exactly one token stands can its distribution be taken over.
term-token-map = Token map
    .text = For every token of a source’s vocabulary the one of the target that says the same. EM takes equal tokens only; MinED takes the nearest by edit distance, which can be a token that means something else.
term-em = Exact match (EM)
    .text = The token of another vocabulary that stands for the same bytes. Where there is none, EM has no answer, and the probability of the token is lost to the other model.
term-mined = MinED
    .text = The exact match where there is one, and else the token with the smallest edit distance; of several equally near, the first in the vocabulary. It always has an answer, which can mean something else.
    .formula = argminₜ d(s, t)
term-edit-distance = Edit distance
    .text = How many characters must be put in, taken out or changed to make one text of another. Here a byte that belongs to no whole character counts as a character.
term-token-union = Union of top tokens
    .text = Members with different vocabularies are compared on all tokens that any of them has among its best. One that lacks such a token is asked about the token’s first part that is no space.
term-byte-alignment = Alignment by bytes
    .text = Tokens are taken for the bytes that they stand for. Whoever fuses bytes adds up the probabilities of all tokens that begin with the same byte; whoever fuses tokens goes on where the members’ tokens end at the same byte.
term-byte-fallback = Byte fallback
    .text = A tokenizer without a token for a character writes it as its bytes, one token or more for parts of one character. So nothing is unknown to it, but a single such token is no text.
term-control-token = Control token
    .text = A token that is no text, but says where a text or an answer begins or ends. Each tokenizer has its own, and they stand only for one another.
term-fused-distribution = Fused distribution
    .text = What several source models expect of the next token, in the target’s vocabulary and mixed. The target is trained to expect it too, beside the text itself.
term-mince = MinCE
    .text = The rule by which one source is taken for a passage: that with the lowest cross-entropy, which is the one least surprised by the text.
    .formula = i* = argminᵢ CEᵢ
term-avgce = AvgCE
    .text = The rule by which all sources are mixed: the less surprised a source is by the passage, the larger its share.
    .formula = wᵢ ∝ exp(1 / exp(CEᵢ))
term-one-step-late = One step late
    .text = A distribution at a token is about the token after it. Where nothing aligns, FuseLLM’s published code puts the token that has just been read in the place of the next one, so that the model learns to repeat itself there.
term-lora = LoRA
    .text = An adapter that adds the product of two thin matrices to a large weight matrix. Training touches only the thin ones, often less than 1% of the parameters.
    .formula = W′ = W + (α / r) B A
term-gguf = GGUF
    .text = A file format for models, often with weights stored in 4 to 8 bits, made for ordinary computers. One file holds the weights, the tokenizer and the settings.
term-safetensors = Safetensors
    .text = A file format that holds the weights of a model and nothing that could be executed. It is safe to open and fast to load.
term-level = Level
    .text = How much of itself a model lets one see: only text, the log-probabilities of the likeliest tokens, all logits, or its inside. Voting needs text; pooling needs probabilities; looking at experts needs the inside.

# Working with runs
term-replay = Replay
    .text = A recorded run is shown again as it happened, without any model. What you see is the recording, not a new computation.
term-run-file = Run file
    .text = A recorded run: the recipe in the first line, then every event with its time. Whoever opens it sees what you saw, with no model installed.
term-preset = Example
    .text = A recipe that comes with the app and shows one idea. You can change everything in it.
term-recipe = Recipe
    .text = All that determines a run: method, prompt, members, settings and seed. The same recipe on the same machine gives the same text.

# The glossary's own words
terms-see = See also
terms-papers = Papers
terms-close = Close
    .title = Close (Esc)
terms-search = Find a word
terms-found = { $n ->
    [0] No word fits.
    [one] One word fits.
   *[other] { $n } words fit.
}
terms-group-text = Text and probabilities
terms-group-fusing = Fusing tokens
terms-group-choosing = Choosing among answers
terms-group-talk = Conversation
terms-group-experts = Routing and experts
terms-group-lifelong = Learning one task after another
terms-group-measuring = Measuring
terms-group-making = Making models
terms-group-runs = Working with runs
