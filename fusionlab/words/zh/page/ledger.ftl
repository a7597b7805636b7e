# 一次运行的开销，逐个成员列出。

ledger-title = 开销
ledger-caption = 每个成员的开销
ledger-where = 时间花在哪里
ledger-member = 成员
ledger-model = 模型
ledger-tokens-in = 读入词元
ledger-tokens-out = 写出词元
ledger-passes = 前向计算
ledger-time = 时间
ledger-memory = 内存
ledger-elapsed = 用时
ledger-together = 合计
ledger-clock = 实际用时 { $time }
ledger-of = { $name }：{ $amount }
ledger-reused = （其中 { $tokens } 来自缓存）
ledger-divergence = 与原模型每个词元相差 { $nats } 奈特
ledger-shared = 共用权重
    .title = 使用同一模型的成员只占一份权重的内存
ledger-baseline = 用同样多的词元（{ $tokens } 个）可以换成：{ $method }，让 { $name } 回答 { $n } 次。
