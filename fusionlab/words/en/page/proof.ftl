# What the examination of a new model found, in pictures.

proof-new-model = The new model
proof-as-table = The numbers as a table
proof-reading = How well it reads
proof-reading-note = { $kind ->
    [zoo] Nats per byte of held-out problems of the zoo's tasks
   *[prose] Nats per byte of a short text in English and Chinese
}: the smaller, the better it knows the text. Lines are 95% intervals over the pieces of the text. A hard piece is hard for all, so a difference is known better than either value.
proof-gap = new model { $gap } against it [{ $low }, { $high }]
proof-kl = KL { $kl } per token
proof-head-model = Model
proof-head-nats = Nats per byte
proof-head-low = 95% from
proof-head-high = to
proof-head-gap = New model against it
proof-head-kl = KL, nats per token
proof-suites = Suites before and after
proof-suites-note = Right answers of the new model and of what it was made of, with 95% intervals.
proof-right = { $n } of { $of } right
proof-map = How far the weights went
proof-map-note = ‖Δ‖ ÷ ‖θ‖ in per cent, by layer and kind of tensor: the stronger the colour, the farther from this parent. The scale is the same for all parents.
proof-map-unmeasured = It cannot be measured: the new weights, or those of a source, hold NaN or infinite numbers, or a source's are all zero.
proof-map-still = Every weight is as it was in the layer that it was copied from.
proof-map-of = Distance from { $parent }
proof-parent = Distance from which parent
proof-layer = Layer
proof-kind = Kind
proof-outside = outside
proof-no-share = no number
proof-cell = { $kind }, layer { $layer }: { $moved } from { $of ->
    [same] { $parent }
   *[other] layer { $of } of { $parent }
}
proof-cell-outside = { $kind }, outside the layers: { $moved } from { $parent }
proof-accord = How the sources agree
proof-accord-note = What each source learned is its difference from { $base }. Where sources moved the same number, { $share } of these numbers were moved up by one and down by another.
proof-cosines = Cosine of what they learned
proof-cosine = { $a } and { $b }: cosine { $cosine }
proof-conflicts = Opposite signs
proof-conflict = { $a } and { $b }: { $share } of the numbers that both moved have opposite signs
proof-head-pair = Sources
proof-head-cosine = Cosine
proof-head-conflicts = Opposite signs
proof-kind-embed = embeddings
proof-kind-q = query
proof-kind-k = key
proof-kind-v = value
proof-kind-o = output
proof-kind-attention = attention
proof-kind-gate = gate
proof-kind-up = up
proof-kind-down = down
proof-kind-mlp = MLP
proof-kind-router = router
proof-kind-norm = norms
proof-kind-head = head
proof-kind-other = other
