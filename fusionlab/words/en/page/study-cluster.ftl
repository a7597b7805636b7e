# The study of a cluster.

study-cluster = What experts cost in a cluster
    .summary = The experts of a large mixture stand on many devices. Every token’s vector travels to the experts that its router chose, and the results travel back. This is counted from the routes, and really sent between processes of this machine.
setting-cluster-model = Mixture
    .help = Whose routes are counted, on problems of its tasks.
setting-cluster-devices = Devices
    .help = Over which its experts are spread evenly.
setting-cluster-placement = Placement
    .help = Which experts stand together on a device.
setting-cluster-texts = Texts
    .help = Whether each device has texts of every task, or each task’s texts are on one device.
setting-cluster-capacity = Capacity factor
    .help = How much more than an even share an expert takes; what is over that is dropped. 0: nothing is dropped.
setting-cluster-problems = Problems
    .help = How many of each task are read.
setting-cluster-processes = Processes
    .help = Up to how many really exchange the vectors of one layer: 2 and 4 are tried; 0 for none.
setting-cluster-seed = Seed
    .help = The same seed draws the same problems.
choice-model-zoo-mixture-fine = Four of sixteen small experts
choice-model-zoo-mixture-top2 = Two experts a token
choice-model-zoo-mixture-top1 = One expert a token
choice-placement-contiguous = Numbers in order
choice-placement-round-robin = In turn
choice-placement-together = Chosen together
choice-placement-near = Near their tokens
choice-texts-mixed = Mixed
choice-texts-by-task = By task

cluster-matrix = Who sends to whom
cluster-matrix-note = Vectors on the way there, in one pass over all texts; they come back the other way. On the diagonal nothing travels.
cluster-layer = Layer
cluster-layer-all = all
cluster-from-to = from \ to
cluster-cell = Device { $from } sends { $count } vectors to device { $to }
cluster-cell-stays = { $count } vectors stay on device { $from }
cluster-experts-of = Device { $n } holds experts { $experts }
cluster-few = few
cluster-many = many
cluster-placements = How the placement changes it
cluster-placements-note = Share of the choices that leave their device. The mark is what chance would send; the thin bar, what is left where a token goes to each device only once.
cluster-placement-contiguous = Numbers in order
cluster-placement-round-robin = In turn
cluster-placement-together = Chosen together
cluster-placement-near = Near their tokens
cluster-placement-rre = Random routed (RRE)
cluster-bar = { $placement }: { $share } of the choices travel, { $once } if each device is sent a token once; by chance { $even }
cluster-measured = What processes really sent
cluster-measured-note = The first layer, computed by processes of this machine, forward and backward. Times are of this machine, not of a cluster.
cluster-head-processes = Processes
cluster-head-vectors = Vectors sent
cluster-head-time = Time
cluster-head-alone = One process
cluster-head-difference = Largest difference
cluster-paper = More devices, on paper
cluster-paper-note = Worked out, not measured: for each device 4,096 tokens and 8 experts, two chosen, the shapes of Mixtral 8x7B (arXiv 2401.04088), numbers of 16 bits, a link of 25 GB/s, 5 µs a message, and 312 trillion operations a second, all reached.
cluster-paper-link = on the way
cluster-paper-compute = computing
cluster-paper-axis = devices
cluster-paper-point = { $devices } devices: { $link } on the way, { $compute } computing
cluster-head-devices = Devices
cluster-head-bytes = Sent by each device
cluster-head-link = On the way
cluster-head-compute = Computing
cluster-head-placement = Placement
cluster-head-share = Travel
cluster-head-once = Sent once
cluster-head-even = By chance
cluster-head-dropped = Dropped
cluster-note-alone = All experts stand on one device, so nothing travels.
cluster-note-travels = { $share } of the choices send a vector to another device. If every expert were as likely as any other, it would be { $even }.
cluster-note-best = “{ $placement }” sends least, { $least } against { $most } at worst{ $fitted ->
    [yes] . It was fitted to these very routes, so on other texts it will gain less
   *[no] { "" }
}.
cluster-note-all-alike = The placement hardly matters here: { $least } to { $most } travel.
cluster-note-once = Sending a token only once to a device that has several of its experts would save { $saved }.
cluster-note-busiest = The busiest device has { $times }× the average to send or receive, and the others wait for it.
cluster-note-dropped = { $share } of the choices were dropped: their experts were full.
cluster-note-rre-mixed = Random routed experts send { $share }: each task’s experts stand on one device, but its texts are on all of them.
cluster-note-rre-by-task = Random routed experts send only { $share }: each task’s texts and experts stand on the same device.
cluster-note-measured = { $n } processes sent { $vectors } vectors, { $counted ->
    [yes] exactly as counted
   *[no] which is not what was counted
}; their output and gradients differ from those of one process by { $difference } at most, which is rounding.
cluster-note-paper = On paper each of { $many } devices sends { $bytes }× what each of { $few } sends, but to thousands of others: what travels then takes { $seconds }× the time of computing.
