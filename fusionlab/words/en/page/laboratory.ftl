# The laboratory: what its frame says, and what every study and its settings are called.

lab-title = Laboratory
lab-intro = Experiments on how experts share their work, and how the vocabularies of models fit together. Each runs here, on this machine, while you watch; a recording is shown first.
lab-studies = Studies
lab-settings = Settings
lab-more = More settings
lab-usual = As recorded
lab-none = none
lab-leave-out = Leave out
lab-run = Run the experiment
lab-stop = Stop
lab-paper = Read the paper
lab-notice = What to notice
lab-waits = Waiting for its turn …
lab-working = Working …
lab-far = { $words } { $done } of { $total }
lab-stopped = Stopped. The last picture stays.
lab-changed = The settings have changed; run it to see what they do.
lab-recorded = This is a recording with the usual settings.
lab-nothing = Nothing was recorded of this study. Run it.

study-local-experts = Local experts of 1991
    .summary = One gate and its experts are trained by three losses from the same start. See how each loss divides the problem, and whether an expert is of use alone.
setting-local-experts-problem = Problem
    .help = What is to be learned.
choice-problem-zigzag = A zigzag on a line
    .help = Each expert is a straight line; four of them make the zigzag.
choice-problem-clusters = Two classes in four clusters
    .help = No straight border parts the classes; the gate has to divide the plane first.
setting-local-experts-experts = Experts
    .help = How many the gate can choose from.
setting-local-experts-steps = Steps
    .help = How long they are trained.
setting-local-experts-learning-rate = Learning rate
    .help = How far each step goes.
setting-local-experts-seed = Seed
    .help = Another one draws other data and other first weights.

# Local experts: the picture

local-step = Step { $step } of { $steps }
local-key-ground = ground: the expert that the gate prefers, the stronger the surer
local-key-line = an expert; dashed where the gate prefers others
local-key-border = where an expert parts the classes; dashed if it is hardly used
local-key-classes = the two classes: ● and ×
local-key-together = all experts together
local-key-alone = the preferred expert alone
local-loss-cooperative = Cooperative
    .formula = ‖d − Σ pᵢ oᵢ‖²
local-loss-competitive = Competitive
    .formula = Σ pᵢ ‖d − oᵢ‖²
local-loss-likelihood = Mixture likelihood
    .formula = −log Σ pᵢ exp(−½ ‖d − oᵢ‖²)
local-picture = { $loss }: how the problem is divided; { $used } of { $all } experts are used
local-course = { $loss }: the error of all experts together and of the preferred one alone, step by step
local-error = mean squared error
local-steps = { $n } steps
local-figures = Error { $together } together, { $alone } alone · { $used } of { $all } experts used
local-table = The figures as a table
local-table-of = Three losses at step { $step }
local-head-loss = Loss
local-head-value = Its value
local-head-together = Error together
local-head-alone = Error of the preferred expert alone
local-head-used = Experts used
local-head-shares = Share of the cases

local-note-start = All three start from the same weights; nothing is learned yet.
local-note-cooperation-hurts = Under the cooperative loss all experts together are off by { $together }, but the preferred one alone by { $alone }: each has learned to mend what the others leave.
local-note-cooperation-helps = Under the cooperative loss the preferred expert is off by { $alone } alone and all together by { $together }: here the gate has become sure enough for each to stand alone.
local-note-best = { $loss }: here the preferred expert is the best alone, with an error of { $alone }.
local-note-idle = { $loss }: { $idle ->
    [one] one expert of { $all } is
   *[other] { $idle } experts of { $all } are
} hardly ever preferred, so that fewer share the work.
local-note-all-used = Under each loss all { $all } experts are used.
local-note-sure = { $loss }: here the gate is surest of its choice.
