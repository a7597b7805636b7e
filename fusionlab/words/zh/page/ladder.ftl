# 融合阶梯：同一组成员，逐层融合。

ladder-title = 融合阶梯
ladder-intro = 同一组成员、同一批题目，按每个适用的层次融合：从答案一直到权重。
ladder-facts = { $items } 道题，种子 { $seed } · { $members } 个成员 · { $rungs } 级中有 { $fit } 级适用 · 95% 置信区间
ladder-empty = 融合阶梯将显示在这里。

## Levels and rungs

ladder-level-alone = 成员单独作答
ladder-level-answers = 答案
ladder-level-conversation = 对话
ladder-level-tokens = 词元
ladder-level-weights = 权重
ladder-level-training = 训练
ladder-rung-self-consistency = 自洽性
ladder-rung-vote = 投票
ladder-rung-routing = 路由
ladder-rung-cascade = 级联
ladder-rung-debate = 辩论
ladder-rung-multi-agent-debate = 多智能体辩论
ladder-rung-mixture-of-agents = 智能体混合
ladder-rung-ensemble-mean = 集成（取平均）
ladder-rung-ensemble-product = 集成（取乘积）
ladder-rung-merge-linear = 合并（取平均）
ladder-rung-merge-ties = 合并（TIES）
ladder-rung-merge-task-arithmetic = 合并（任务算术）
ladder-rung-upcycled = 混合专家
ladder-rung-trained = 单独训练（不用成员）
ladder-rung-distilled = 蒸馏
ladder-about-self-consistency = 由一个成员多次作答，取出现最多的答案。
ladder-about-vote = 所有成员作答，选出与其他答案最相似的一个。
ladder-about-routing = 每道题交给做对过最相似题目的那个成员。
ladder-about-cascade = 依次询问各个成员，直到有一个成员自己的答案足够一致。
ladder-about-debate = 成员互相阅读答案，再修改自己的答案。
ladder-about-multi-agent-debate = 成员读过其他人的回答后再次作答，最后投票。
ladder-about-mixture-of-agents = 由最后一个成员根据其他成员的答案写出答案。
ladder-about-ensemble-mean = 每写一个词元之前，对各成员的概率取平均。
ladder-about-ensemble-product = 每写一个词元之前，把各成员的概率相乘：必须都同意。
ladder-about-merge-linear = 一个模型，权重是各成员的平均。
ladder-about-merge-ties = 一个模型：只保留相对共同祖先的最大改动，并且方向要一致。
ladder-about-merge-task-arithmetic = 一个模型：祖先加上所有改动之和。
ladder-about-upcycled = 一个模型，把各成员当作专家，每个词元都在其中选择。
ladder-about-trained = 一个模型，用与蒸馏相同的题目训练，但不用成员：看看训练本身值多少。
ladder-about-distilled = 一个模型，学习所有成员对下一个词元的预期。

## The picture and its table

ladder-picture = 每一级的正确率及其 95% 区间，以及开销
ladder-best-line = 最好的成员：{ $name }，{ $share }
ladder-oracle-line = 理想选择：{ $share }
ladder-oracle-help = 只要有一个成员答对，理想选择（oracle）就算对。
ladder-cost-head = 每题
ladder-cost = { $tokens } 个词元 · { $passes } 次前向计算
ladder-cost-built = 构建用时：{ $time }
ladder-cost-built-before = 以前已构建
ladder-of-member = 作答的成员：{ $name }。
ladder-against = 与最好的成员相比：{ $gain }；{ $surely }。
ladder-rung-label = { $name }：正确率 { $share }，95% 区间 { $low } 至 { $high }。{ $verdict }
ladder-verdict = { $verdict ->
    [helped] ✓ 有帮助
    [harmed] ✗ 适得其反
    [failed] ⚠ 未能运行
   *[unsure] ? 无法判断
}
ladder-gain = { $points } 个百分点
ladder-equal-verdict = 同等计算量下：{ $verdict ->
    [helped] ✓
    [harmed] ✗
    [failed] ⚠
   *[unsure] ?
} { $points } 个百分点（{ $p }）。
ladder-waiting = 尚未作答
ladder-failed = ⚠ 未能运行：{ $why }
ladder-unsuited-count = 有 { $n } 级未参加
ladder-table = 阶梯的表格
ladder-head-rung = 级
ladder-head-right = 正确率
ladder-head-interval = 95% 区间
ladder-head-against = 与最好的成员相比
ladder-head-equal = 同等计算量下
ladder-head-tokens = 词元数
ladder-head-passes = 前向计算
ladder-head-seconds = 时间
ladder-head-milliseconds = 毫秒
ladder-head-built = 构建，秒
ladder-table-note = 词元数（读入与写出）、前向计算次数和时间都是每道题的平均值。构建只需一次。同等计算量下：与最好的成员相比，它用同样多的词元多次作答，再投票选出答案。
ladder-noticed = 值得注意
ladder-notes = 如何看待这些数字

## What to notice

ladder-names = { $before }、{ $name }
ladder-most = 提升最大的是{ $name }：正确率 { $share }，与最好的成员 { $best } 相比 { $points } 个百分点（{ $bestShare }；{ $p }）。
ladder-none-helped = 没有哪种融合确实好过最好的成员。排在第一的是{ $name }，正确率 { $share }，与 { $best } 相比 { $points } 个百分点（{ $bestShare }；{ $p }）。
ladder-at-equal = 有 { $helped } 级好过最好的成员；如果让这个成员单独使用同样多的词元，{ $still ->
    [0] 就没有哪一级仍然更好。
   *[other] 仍有 { $still } 级更好：{ $names }。
}
ladder-harmed = 有 { $n } 级适得其反：{ $names }。
ladder-none-ran = 有 { $n } 级未能运行：{ $names }。原因见各级。
ladder-oracle-left = 有 { $share } 的题至少一个成员答对。{ $name }还有 { $points } 个百分点没有用上。
ladder-oracle-passed = 有 { $share } 的题至少一个成员答对。{ $name }还高出 { $points } 个百分点：它能答对所有成员都答不对的题。
ladder-cheapest = 有帮助的各级中开销最小的是{ $name }：每题 { $tokens } 个词元，是最好成员的 { $times }。
ladder-built = 共构建 { $n } 个模型，用时 { $seconds } 秒；其中最好的是{ $name }，正确率 { $share }，每题只用 { $tokens } 个词元，与单个模型一样。
ladder-note-lessons = 因为提问不多，需要训练的各级只学了 { $lessons } 道题，而不是 { $most } 道。
ladder-note-choosing = 由哪个成员多次作答（{ $best }），以及每个成员擅长什么，是用题集里另外 { $n } 道题选定的。

## The form

ladder-run = 开始攀登
ladder-stop = 停止
ladder-go-on = 继续
ladder-suite = 题集
ladder-items = 题数
ladder-members = 成员
    .help = 至少两个。每个题集都自带成员。
ladder-take-members = 使用上方表单里的成员
ladder-setup = 换一个题集或成员
ladder-not-here = 公开演示只展示录制的阶梯；在自己的机器上运行 FusionLab，可以攀登任何其他阶梯。
ladder-recorded = 录制内容：这个阶梯随 FusionLab 提供。
ladder-stopped = 已停止。已有的答案会保留，点“继续”接着进行。
ladder-finished = 已完成：所有适用的级都已作答。
ladder-training = 正在训练：第 { $step } 步，损失 { $loss }
