# 基准测试报告：结论、成本图、正确率、逐题结果。

bench-empty = 报告将显示在这里。
bench-facts = { $items } 道题，随机种子 { $seed } · { $contenders } 个参赛者 · 95% 置信区间
bench-facts-incomplete = { $items } 道题，尚未全部答完，随机种子 { $seed } · { $contenders } 个参赛者 · 95% 置信区间
bench-explained = 名词解释：
bench-stale = 这份报告对应的是另一组设置。点击“运行”即可测试上面的设置。

## Verdicts

bench-helped = ✓ 融合有帮助
bench-unsure = ? 无法判断
bench-harmed = ✗ 融合适得其反
bench-failed = ⚠ 未能运行
bench-nothing-fused = 还没有任何方法作答，因此没有结论。
bench-other-verdicts = 其他方法
bench-verdict-of = { $name }：{ $verdict }
bench-lead = { $n } 道题中，{ $name } 答对 { $share }；{ $rival } 单独作答（{ $among ->
    [1] 唯一的成员
   *[other] { $among } 个成员中最好的一个
}）答对 { $rivalShare }。
bench-lead-graded = { $n } 道题上，{ $name } 得分 { $share }；{ $rival } 单独作答（{ $among ->
    [1] 唯一的成员
   *[other] { $among } 个成员中最好的一个
}）得分 { $rivalShare }。
bench-evidence = 相差 { $points } 个百分点，95% 区间 { $interval }（{ $p }，{ $test ->
    [mcnemar] McNemar 检验
    [sign_flip] 符号翻转检验
   *[other] 配对自助法
}）。
bench-evidence-few = 相差 { $points } 个百分点；题目太少，算不出区间（{ $p }，{ $test ->
    [mcnemar] McNemar 检验
    [sign_flip] 符号翻转检验
   *[other] 配对自助法
}）。
bench-too-close = 差别太小，看不出融合有没有帮助。
bench-too-few = { $n } 道题太少，无法下结论。
bench-left-out = 另有 { $n } 道题因运行失败未计入。
bench-left-out-sure = 另有 { $n } 道题因运行失败未计入，但不足以推翻结论。
bench-equal = 同样的计算量可以让 { $rival } 单独采样 { $samples } 次：答对 { $share }，{ $outcome ->
    [helped] 低于融合
    [harmed] 高于融合
   *[other] 与融合难分高下
}（{ $p }）。
bench-equal-failed = 无法在同等计算量下比较。{ $why }
bench-did-not-run = { $name } 未能运行：{ $total } 次运行全部失败，最常见的原因：{ $error }
bench-failed-often = { $name } 在 { $total } 次运行中失败 { $failed } 次，次数太多，无法评判；最常见的原因：{ $error }
bench-no-rival = 无法评判 { $name }：没有哪个成员单独跑完足够多的题目可供比较。
bench-no-verdict = 无法评判 { $name }。{ $why }

## What a reader has to know

bench-notes = 如何看待这些数字
bench-note-few-samples = { $name }：只采样一两次时，投票的结果就是第一个样本。
bench-note-failed = { $name }：{ $total } 次运行中有 { $failed } 次失败，既不算对也不算错；最常见的原因：{ $error }
bench-note-holm = 每个 p 值都按 { $n } 次比较做了校正（Holm 法）。
bench-note-favoured = 最好的成员是在同一批题目上从 { $n } 个成员中挑出来的，因此融合面对的是占了便宜的对手；落后于它的方法，p 值按 { $n } 倍计算。
bench-note-broken = 有 { $count } 行数据损坏，未计入；第一处：{ $first }
bench-note-incomplete = 题目尚未全部答完；以下数字只统计已答的题目。
bench-note-costs = 词元数（读入与写出）、前向计算次数和时间都是每道题的平均值。题目成批作答，时间按批分摊。

## The picture of cost

costs-title = 答得更准，要多花多少？
costs-term = 帕累托前沿
costs-help = 越靠上，正确率越高；越靠左，开销越小。虚线连接的是在这两方面都没有被超过的参赛者。
costs-x = 每道题的词元数，读入加写出（对数刻度）
costs-x-narrow = 每题词元数（对数）
costs-y = 正确率
costs-y-graded = 得分
costs-picture = 正确率与每道题词元数的关系图。下面的表格列有相同的数字。
costs-front = 帕累托前沿：没有谁用更少的词元答对更多
costs-oracle = 至少一个成员答对：{ $share }
costs-point = { $name }：正确率 { $share }，每道题 { $tokens } 个词元

## Accuracy

bench-accuracy = 各自的正确率如何？
bench-accuracy-region = 各参赛者的正确率与开销
bench-right = 正确率
bench-score = 得分
bench-interval = 95% 区间
bench-over-best = 比最好的成员高（百分点）
bench-tokens = 词元数
bench-passes = 前向计算
bench-time = 时间
bench-single = 单独作答
bench-fusion = 融合
bench-baseline = 同等计算量
bench-best = 最好的成员
bench-contender = 参赛者
bench-baseline-name = { $member } × { $samples }，词元数与 { $fusion } 相当
bench-of = { $total } 题对 { $right } 题
bench-mean-of = { $total } 题平均
bench-blank = { $n } 题没有答案
bench-errors = { $n } 题失败
bench-not-yet = 尚未作答
bench-all-failed = ⚠ 未能运行：{ $n } 次运行全部失败
bench-no-verdict-short = ⚠ 无结论
bench-few = 题目太少，算不出区间
bench-against = 95% 区间 { $low } 至 { $high } 个百分点，{ $p }，{ $n } 道题

## Folded

bench-items = 逐题查看
bench-items-count = 逐题查看（{ $n }）
bench-tasks = 各类任务
bench-agreement = 成员会一起犯错吗？
bench-agreement-help = 出错的相关系数 φ：1 表示两者总在同样的题上出错，0 表示出错互不相干。数值越低，融合越有余地。
bench-agreement-term = 互补性
bench-oracle = 还有多大提升空间？
bench-oracle-help = { $members } 个成员中至少有一个答对的题有 { $right } 道，共 { $total } 道（{ $share }，95% 区间 { $low } 至 { $high }）。只在成员的答案里挑选，不可能超过这个数。
bench-oracle-term = 理想选择（oracle）
bench-oracle-heads = 按答对的成员数统计题目
bench-oracle-right = 答对的成员数
bench-oracle-items = 题数
bench-oracle-share = 占全部题目
bench-task-cell = { $total } 题对 { $right } 题

## Questions

items-show = 显示
items-all = 全部
items-gained = 融合答对了
items-lost = 融合答错了
items-split = 成员意见不一
items-nobody = 无人答对
items-region = 各参赛者逐题结果
items-shown = 显示 { $shown } 题，共 { $total } 题
items-question = 题目
items-truth = 标准答案
items-none = 没有这样的题目。
items-more = 显示更多题目
items-failed = 失败
items-no-answer = 无答案
items-nothing = （空）
items-waiting = 尚未作答
items-right = 正确
items-wrong = 错误
items-open = 打开这次运行
items-close = 收起
items-task = 任务：{ $task }
items-hint = 点选一道题，就地查看每个参赛者的回答。

## To take away

bench-files = 下载
bench-file-report = 报告（单个 HTML 文件）
bench-file-contenders = 参赛者（CSV）
bench-file-items = 题目（CSV）
bench-file-results = 全部数据（JSON）
