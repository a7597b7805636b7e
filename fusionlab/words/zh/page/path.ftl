# 一条模型之路，每一步都由上一步得来：它的图，以及值得注意之处。

path-title = 整条路，一步一步看
path-note-reading = { $kind ->
    [zoo] 在 zoo 各任务的留出题目上，每字节多少奈特：越少越好。
   *[prose] 在一小段中英文文本上，每字节多少奈特：越少越好。
}
path-note-answers = 对同样 { $n } 道从未用来训练的题答对多少，附 95% 区间：{ $suite }。
path-reading = 每一步读得怎样
path-answers = 每一步答得怎样
path-notice = 值得注意
path-as-table = 以表格显示数字
path-line = { $kind ->
    [grafted] 嫁接模型
    [tokens] 供体，训练同样多的词元
   *[compute] 供体，训练同样多的计算量
}
path-stage-donor = 原样
path-stage-graft = 嫁接
path-stage-continue = 愈合
path-stage-instruct = 指令微调
path-stage-prefer = DPO 对齐
path-stage-merge = 合并
path-value = { $value } [{ $low }, { $high }]
path-head-line = 路线
path-head-stage = 阶段
path-head-model = 模型
path-head-layers = 层数
path-head-tokens = 训练过的词元
path-head-nats = 每字节奈特
path-head-right = 答对
path-point = { $line }，{ $stage }（{ $model }）：{ $value }，95% 区间 { $low } 到 { $high }
path-grafted = { $worse ->
    [yes] 单是嫁接会立刻变差：从 { $before } 层变为 { $layers } 层后，每字节需要 { $graft } 奈特，供体只需 { $donor }；{ $total } 道题答对 { $right } 道，供体答对 { $had } 道。
   *[no] 单是嫁接并没有明显变差：从 { $before } 层变为 { $layers } 层后，每字节需要 { $graft } 奈特，供体需要 { $donor }；{ $total } 道题答对 { $right } 道，供体答对 { $had } 道。
}
path-healed = { $much ->
    [all] 愈合训练把嫁接的损失补了回来：{ $tokens } 个词元之后每字节 { $healed } 奈特。
    [part] 愈合训练补回了嫁接所失奈特的 { $share }%：{ $tokens } 个词元之后每字节 { $healed } 奈特。
   *[little] { $tokens } 个词元的愈合训练几乎没有补回嫁接的损失：每字节仍需 { $healed } 奈特。
}{ $total } 道题答对 { $right } 道。
path-instruct = 指令微调：{ $told ->
    [more] 答对的更多，{ $total } 道中由 { $had } 道增至 { $right } 道。
    [fewer] 答对的更少，{ $total } 道中由 { $had } 道减至 { $right } 道。
   *[open] { $total } 道中答对 { $right } 道，此前 { $had } 道；{ $gained } 道由错变对，{ $lost } 道由对变错，可能只是偶然。
}在文本上每字节 { $nats } 奈特，此前 { $was }。
path-prefer = 用自己的回答配对做 DPO：{ $told ->
    [more] 有帮助，{ $total } 道中由 { $had } 道增至 { $right } 道。
    [fewer] 有损害，{ $total } 道中由 { $had } 道减至 { $right } 道。
   *[open] { $total } 道中答对 { $right } 道，此前 { $had } 道；{ $gained } 道由错变对，{ $lost } 道由对变错，可能只是偶然。
}在文本上每字节 { $nats } 奈特，此前 { $was }。
path-merged = 两个对齐模型合并后：{ $told ->
    [more] 比其中第二个答对的更多，{ $total } 道中 { $right } 道对 { $had } 道。
    [fewer] 比其中第二个答对的更少，{ $total } 道中 { $right } 道对 { $had } 道。
   *[open] { $total } 道中答对 { $right } 道，其中第二个答对 { $had } 道，看不出差别。
}
path-beside = { $kind ->
    [tokens] 与训练同样多词元的供体相比（{ $stage }）：
   *[compute] 与训练同样多计算量的供体相比（{ $stage }）：
}{ $told ->
    [more] 加深的模型答对更多，{ $total } 道中 { $right } 对 { $theirs }；
    [fewer] 加深的模型答对更少，{ $total } 道中 { $right } 对 { $theirs }；
   *[open] { $total } 道中答对 { $right } 对 { $theirs }，可能只是偶然；
}{ $apart ->
    [better] 文本读得更好，每字节 { $nats } 对 { $others } 奈特。
    [worse] 文本读得更差，每字节 { $nats } 对 { $others } 奈特。
   *[open] 在文本上看不出差别（每字节 { $nats } 对 { $others } 奈特）。
}
