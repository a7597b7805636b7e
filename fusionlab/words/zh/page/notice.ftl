# 一次运行中值得注意的地方。

notice-title = 看点
notice-show = 在图中查看
notice-name = { $name }
notice-changed = { $what }：{ $before } → { $after }。{ $effect }
notice-changed-long = { $what }改动过。{ $effect }
notice-changed-unset = 未设
notice-changed-more = 另有 { $n } 项
notice-changed-several = { $first }；{ $rest }
notice-changed-pair = { $name }：{ $value }
notice-changed-weight = { $name } 的权重
notice-changed-from = 从第 { $step } 个词元起，写出的文字与上一次运行不同。
notice-changed-answer = 上一次的答案是“{ $old }”，这一次是“{ $new }”。
notice-changed-otherwise = 答案与上一次不同。
notice-changed-nothing = 答案与上一次相同。
notice-answer-pasted = 自带的第 { $n } 个回答
notice-answer-of = { $name } 的第 { $n } 个回答

## 词元

notice-tokens-apart = 成员的首选不尽相同，第 { $step } 步最明显：{ $wishes }。最后写下的是“{ $token }”。
notice-tokens-apart-more = 成员的首选不尽相同，第 { $step } 步最明显：{ $wishes }，还有成员另有主张。最后写下的是“{ $token }”。
notice-wish = { $names } 想写“{ $token }”（{ $p }）
notice-wish-of-several = { $names } 都想写“{ $token }”（平均 { $p }）
notice-wish-of-many = { $n } 个成员想写“{ $token }”
notice-tokens-agreed = 成员们始终一致：全部 { $n } 步中，每一步大家想写的都是同一个词元。
notice-tokens-same = { $of } 步中有 { $n } 步，所有成员想写的是同一个词元。
notice-decided = { $of } 个词元中有 { $n } 个由 { $name } 决定（{ $share }）。
notice-decided-with = 决定最多的是 { $name }：{ $of } 个词元中的 { $n } 个（{ $share }）；{ $others }。
notice-decided-level-most = 没有谁决定得最多：{ $of } 个词元中 { $name } 决定了 { $n } 个（{ $share }）；{ $others }。
notice-decided-also = { $name } 决定了 { $n } 个
notice-decided-level = { $n } 个不分上下
notice-pivotal = { $of }中，{ $name } 有 { $n } 步起了关键作用：没有它，{ $example }。
notice-pivotal-with = { $of }中，{ $name } 有 { $n } 步起了关键作用：没有它，{ $example }；{ $others }。
notice-pivotal-steps = { $n } 步
notice-pivotal-certain = 能够判断的 { $n } 步
notice-pivotal-pooled = 有其他成员参与的 { $n } 步
notice-pivotal-also = { $name } 有 { $n } 步
notice-pivotal-instead = 第 { $step } 步的首选会是“{ $other }”，而不是“{ $token }”
notice-pivotal-another = 第 { $step } 步的首选会是别的词元
notice-begun = 开头 { $n } 个词元是给定的，并非成员所选。
notice-acted = 第一个成员 { $name } 在 { $of } 步中有 { $n } 步没把握，只有这些步合并了各成员的概率。
notice-disputed = 第一个成员 { $name } 的词元在 { $of } 步中有 { $n } 步有争议，只有这些步合并了各成员的概率。
notice-turned = { $of } 步中有 { $n } 步，写下的词元不是第一个成员 { $name } 的首选。
notice-left-out = { $of } 步中有 { $n } 步没有计入 { $name }：它的首选词元在其他成员那里都不靠前。
notice-weighed = 按各步的权重，{ $name } 的分量最重：平均 { $share }。
notice-tokens-nobodys = 第 { $step } 步的“{ $token }”不是任何一个成员的首选，合在一起却最有可能：这是折中的结果。
notice-tokens-least-sure = 模型最没把握的是第 { $step } 步：“{ $token }”的概率为 { $p }，“{ $other }”为 { $q }。
notice-tokens-sure = { $of } 步中有 { $n } 步，所写词元的概率不低于 { $p }。
notice-tokens-drawn = { $of } 个词元中有 { $n } 个是抽样抽中的，当时另有更可能的词元；最大胆的是第 { $step } 步的“{ $token }”（{ $p }）。

## 专家

notice-experts-most = 最忙的是第 { $layer } 层的专家 { $expert }：{ $of } 个词元中有 { $n } 个选了它，是平均份额的 { $times } 倍。
notice-experts-even = 分工很均匀：就连最忙的第 { $layer } 层专家 { $expert }，也只有平均份额的 { $times } 倍。
notice-experts-never = { $of } 个专家中有 { $n } 个从未被选中，其中 { $most } 个在第 { $layer } 层。
notice-experts-all = { $of } 个专家每个都至少被选中过一次。
notice-experts-close = 最难分高下的一次选择：第 { $layer } 层为“{ $token }”选专家时，专家 { $expert }（{ $p }）只略胜专家 { $other }（{ $q }）。
notice-experts-apart = 两个提示的路线在第 { $layer } 层差别最大：{ $share } 的选择落在了不同的专家上。
notice-mixtures-even = { $more } 的词元分配得更均匀：每层选择的熵平均是最大值的 { $high }，{ $less } 则是 { $low }。
notice-steer-same = 干预没有改变文字：不加干预时，这 { $n } 个词元完全一样。
notice-steer-parted = { $n ->
    [0] 从第一个词元起，干预就改变了回答。
   *[other] 前 { $n } 个词元之后，回答与不加干预时不同。
}
notice-steer-answer = 干预时，回答中词元的平均对数概率为 { $steered }；不加干预时，模型给同样的词元 { $plain }。
notice-steer-plain = 不加干预的回答，其困惑度对原模型为 { $plain }，在干预下为 { $steered }。
notice-steer-given = 给定的文字，其困惑度对原模型为 { $plain }，在干预下为 { $steered }。

## 选举

notice-vote-same = { $n } 个回答一字不差，无须选择。
notice-vote-tied = 平局：{ $n } 个回答并列第一，取了其中第一个。
notice-vote-near = 当选的是 { $who }，它与其他回答的平均相似度为 { $p }；第二名为 { $q }。
notice-vote-close = 差距很小：当选的是 { $who }，它与其他回答的平均相似度为 { $p }，第二名为 { $q }。
notice-vote-unlike = 当选的是 { $who }，但它并不是与其他回答最相似的（{ $p }），最相似的是 { $other }。这是规则的结果。
notice-vote-repeated = { $of } 个回答中有 { $n } 个与当选的回答一字不差。
notice-vote-rules = 另外 { $of } 种规则中，有 { $n } 种会选出不同的回答。
notice-vote-rules-agree = 另外 { $of } 种规则也会选出同一个回答。
notice-vote-hangs = 胜负只差一票：去掉 { $who }，当选的就会是“{ $answer }”。

## 答案

notice-agreed-wrong = { $n } 个意见全都一致，却都错了：一致并不等于正确。
notice-tied = 平局，各得 { $votes } 票：“{ $first }”排在最前，所以取了它；得票相同的还有{ $others }。
notice-agreed-from-start = 还没读过彼此的回答，{ $n } 个答案就已经相同，没有多少可讨论的了。
notice-nobody-changed = 互相阅读了 { $n } 轮，没有谁改变主意。
notice-agreed-in = 从第 { $round } 轮起，大家的答案都相同。
notice-changed-to-right = 第 { $round } 轮，{ $name } 自己从“{ $before }”改成了“{ $after }”：由错变对。
notice-changed-to-wrong = 第 { $round } 轮，{ $name } 自己从“{ $before }”改成了“{ $after }”：由对变错。
notice-changed-between-wrong = 第 { $round } 轮，{ $name } 自己从“{ $before }”改成了“{ $after }”：从一个错误答案换成另一个。
notice-changed-unknown = 第 { $round } 轮，{ $name } 从“{ $before }”改成了“{ $after }”，而它读过的回答里没有谁这样说。
notice-changed-after-to-right = 第 { $round } 轮，{ $name } 听了 { $others } 的意见，从“{ $before }”改成了“{ $after }”：由错变对。
notice-changed-after-to-wrong = 第 { $round } 轮，{ $name } 听了 { $others } 的意见，从“{ $before }”改成了“{ $after }”：由对变错。
notice-changed-after-between-wrong = 第 { $round } 轮，{ $name } 听了 { $others } 的意见，从“{ $before }”改成了“{ $after }”：从一个错误答案换成另一个。
notice-changed-after-unknown = 第 { $round } 轮，{ $name } 听了 { $others } 的意见，从“{ $before }”改成了“{ $after }”。
notice-nothing-mended = 第一个答案没有被修改。
notice-mended = 批评之后，答案从“{ $before }”改成了“{ $after }”。
notice-mended-same = 批评之后文字改了，答案没变。
notice-stage-unsure = { $name } 的回答只有 { $share } 相同，不到阈值 { $threshold }，于是接着问下一个成员。
notice-stage-sure = { $name } 的回答有 { $share } 相同，已经够了，剩下的 { $n } 个成员不必再问。
notice-stage-last = 就连最后问到的 { $name } 也没达到阈值（{ $share }，阈值为 { $threshold }）；仍然取它最常给出的答案。
notice-route = 提示与 { $name } 的专长最接近（{ $p }）；其次是 { $other }（{ $q }）。
notice-route-close = 差距很小：{ $name }（{ $p }）只比 { $other }（{ $q }）略高一点。
notice-verdict-sure = 评审每次都选了 { $name }。
notice-verdict-split = 评审的几次判断不一致：{ $share } 选了 { $name }，也选过 { $other }。
notice-samples-agreed = { $n } 个回答的答案全都相同。
notice-samples = { $of } 个回答中有 { $n } 个（{ $share }）得出当选的答案；{ $others ->
    [0] 其余的没有得出可计票的答案
   *[other] 其余的另有 { $others } 种答案
}。
notice-without-answer = { $of } 段文字中有 { $n } 段没有得出答案。

## 任何运行

notice-cut = 有 { $n } 段文字在长度上限（{ $tokens } 个词元）处被截断，后面会写什么不得而知。
notice-cut-answer = 回答在长度上限（{ $tokens } 个词元）处被截断；调高上限就能看到后文。
notice-budget = 同样的开销，可以让 { $name } 回答 { $n } 次。
notice-speed = { $name } 写了 { $n } 个词元，每秒约 { $rate } 个。
notice-speed-fused = { $members } 个成员共同写成 { $n } 个词元的一段文本，每秒约 { $rate } 个词元。
notice-speed-several = { $members } 个成员一共写了 { $n } 个词元，合计每秒约 { $rate } 个。
