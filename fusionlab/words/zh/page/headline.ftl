# 回答、对它的评语，以及一行开销。

headline-answer = 回答
headline-elected = 选出的回答
headline-so-far = 目前的回答
headline-empty = 回答是空的：模型一个字也没写就结束了。
headline-more = 显示完整回答
headline-less = 收起

headline-right = ✓ 正确
headline-wrong = ✗ 错误
    .truth = 正确答案：{ $truth }
headline-broke-off = ⚠ 中断了

headline-helped = ✓ 这次有帮助：单独作答时，{ $of } 个中有 { $right } 个答对。
    .title = 一道题只能说明这一次的情况。要知道是否普遍如此，请到“测量”页用许多题比较。
headline-harmed = ✗ 这次适得其反：单独作答时，{ $of } 个中有 { $right } 个答对。
    .title = 一道题只能说明这一次的情况。要知道是否普遍如此，请到“测量”页用许多题比较。
headline-cannot = ? 看不出是否有帮助：单独作答时，{ $of } 个中有 { $right } 个答对。
    .title = 一道题只能说明这一次的情况。要知道是否普遍如此，请到“测量”页用许多题比较。

headline-unanimous = { $of ->
    [2] 双方意见一致。
   *[other] { $of } 个意见全都一致。
}
headline-votes = { $of } 个中有 { $votes } 个给出这个答案。
headline-tie = 平局：共 { $of } 票，有 { $n } 个答案各得 { $votes } 票，取了其中第一个。
headline-first-place-tied = { $n } 个回答并列第一，取了其中第一个。
headline-candidate = 由 { $name } 所写，从 { $of } 个回答中选出。
headline-candidate-of = { $name } 的第 { $answer } 个回答，从 { $of } 个回答中选出。
headline-candidate-pasted = 自带的第 { $answer } 个回答，从 { $of } 个回答中选出。
headline-all-given = 文字全部是事先给定的，之后没有再写。
headline-one-voice = 每个词元都由 { $name } 决定：其他成员的权重都是 0。
headline-together = 由 { $n } 个成员逐词元合写而成。
headline-chosen = 选中了 { $name }。
headline-chosen-likeness = 选中了 { $name }：提示与它的专长最接近。
headline-chosen-agreement = 这是 { $name } 的回答。
headline-chosen-verdict = 评审选中了 { $name } 的回答。

headline-cost = 开销
headline-cost-tokens = 读入 { $in } 个词元，写出 { $out } 个
headline-cost-passes = { $n ->
   *[other] { $count } 次前向计算
}
headline-cost-times = 词元用量是单个回答的 { $times } 倍
headline-of-two = 来自 { $name }。{ $other } 的回答是“{ $answer }”。
headline-of-two-empty = 来自 { $name }。{ $other } 的回答为空。
