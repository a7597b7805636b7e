# What a run cost, member by member.

ledger-title = Cost
ledger-caption = What each member cost
ledger-where = Where the time went
ledger-member = member
ledger-model = model
ledger-tokens-in = tokens in
ledger-tokens-out = tokens out
ledger-passes = forward passes
ledger-time = time
ledger-memory = memory
ledger-elapsed = elapsed
ledger-together = together
ledger-clock = { $time } on the clock
ledger-of = { $name }: { $amount }
ledger-reused = ({ $tokens } from the cache)
ledger-divergence = { $nats } nats a token from the original
ledger-shared = weights shared
    .title = Members over one model hold its weights once
ledger-baseline = For as many tokens ({ $tokens }): { $method } with { $n ->
    [one] one sample
   *[other] { $n } samples
} of { $name }.
