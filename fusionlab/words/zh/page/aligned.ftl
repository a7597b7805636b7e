# 多个模型对一段文本的预测如何合在一起：对齐器。

aligned-title = 多个来源如何合在一起
aligned-intro = 用多个模型的预测来训练一个模型之前，先把它们的词元与目标的词元{ $aligned }，再把分布{ $moved }目标的词表并混合。这里用一小段文本展示每一步。
    .aligned = 对齐
    .moved = 映射到
aligned-study = 看看多种分词器如何切分任意一段文字
aligned-recorded = 这是录制的结果。
aligned-set-up = 文本与模型
aligned-run = 查看
aligned-stop = 停止
aligned-text = 文本
    .help = 空行分隔各段。||| 之前的内容作为问题，只读不学。
aligned-target = 目标：要训练的模型
aligned-source = 来源 { $number }
aligned-trained = 训练后的目标
    .help = 如果已有蒸馏出来的模型，可在此选择。
aligned-no-trained = 不使用
aligned-rule = 来源如何混合
aligned-rule-mince = MinCE：每段取最好的一个
aligned-rule-avgce = AvgCE：全部混合，越好占比越大
aligned-vocabulary = 词元如何映射
aligned-vocabulary-mined = MinED：最接近的词元
aligned-vocabulary-em = EM：只取相同的词元
aligned-alignment = 位置如何对齐
aligned-alignment-bytes = 按文本的字节
aligned-alignment-warped = 按时间规整（论文做法）
aligned-waits = 正在排队……
aligned-working = 正在计算……
aligned-stopped = 已停止，显示的是之前的结果。
aligned-changed = 表单已改动；再运行一次即可看到新的结果。

aligned-target-is = ◎ 目标：{ $name }
aligned-key-copied = 采用来源的分布
aligned-key-certain = 认定就是下一个词元
aligned-key-own = 目标自己的分布
aligned-key-asked = 只读不学
aligned-passage = 第 { $number } 段
aligned-passage-of = 第 { $number } 段：目标的词元，上下为各来源的词元
aligned-nats = 每字节奈特数：
aligned-nats-own = 目标 { $nats }
aligned-nats-trained = 训练后 { $nats }
aligned-share = 占 { $share }
aligned-wins = 被采用
aligned-position = { $token }，第 { $n } 个位置，共 { $all } 个：{ $how }
aligned-how-copied = 采用 { $name } 的分布
aligned-how-mixed = 由 { $n } 个来源混合而成
aligned-how-certain = 认定就是下一个词元
aligned-how-own = 保留目标自己的分布
aligned-after = { $token } 之后是什么？
aligned-right = 正确的是 { $token }。
aligned-fused = 融合
aligned-own = 训练前的目标
aligned-own-trained = 训练后的目标
aligned-source-copied = 此处恰好有它的一个词元，且与目标的相同：采用它的分布。
aligned-source-called = 它的 { $theirs } 算作 { $ours }。
aligned-source-lost = 它最可能的词元中有 { $n } 个没有对应，被略去。
aligned-source-other = 此处有它的一个词元，但不是这一个：{ $tokens }。因此认定就是下一个词元。
aligned-source-several = 此处有它的多个词元：{ $tokens }。因此认定就是下一个词元。
aligned-source-none = 此处没有它的词元，因此认定就是下一个词元。
aligned-source-own = 它预测的内容在目标词表中都没有对应：保留目标自己的分布。
aligned-source-unused = 它在这一段中不占比重。
aligned-late = 按论文代码：晚了一步
aligned-late-same = 此处采用了来源的分布，两者相同。
aligned-late-differs = 无法对齐时，论文代码放上的是刚读过的词元 { $token }，而此处应是下一个词元 { $next }。
aligned-late-right = 正确
aligned-late-published = 按论文代码
aligned-scale = 满格为 p = { $p }。
aligned-table = 以表格列出所有位置
aligned-table-of = 第 { $number } 段的各个位置
aligned-head-after = 位置
aligned-head-next = 正确的下一个词元
aligned-head-stands = { $name }：此处的词元
aligned-head-from = 取自
aligned-head-fused = 融合 p
aligned-head-own = 目标 p
aligned-head-trained = 训练后 p
aligned-head-published = 按论文代码 p
aligned-table-certain = 认定
aligned-table-own = 目标自己的
aligned-notice = 值得注意

aligned-note-taken = { $all } 个位置中有 { $taken } 个采用来源的分布{ $certain ->
    [0] { "" }
   *[other] ；{ $certain } 个位置上来源的词元与目标不同，认定就是下一个词元
}{ $own ->
    [0] { "" }
   *[other] ；{ $own } 个位置保留目标自己的分布
}。
aligned-note-wins = { $of } 段中有 { $n } 段采用 { $name }：它在那里的每字节奈特数最低。
aligned-note-wins-one = 采用 { $name }：它的每字节奈特数最低，为 { $nats }。
aligned-note-share = { $name } 平均占比最大：{ $share }。
aligned-note-better = { $passage ->
    [0] { "" }
   *[other] 第 { $passage } 段：
}在 { $token } 之后，融合分布给正确的下一个词元 { $next } 的概率是 { $fused }，目标自己只给 { $own }。
aligned-note-worse = { $passage ->
    [0] { "" }
   *[other] 第 { $passage } 段：
}在 { $token } 之后，融合分布不如目标自己：给正确的下一个词元 { $next } 的概率是 { $fused }，而不是 { $own }。
aligned-note-called = 在那里，MinED 把来源的 { $theirs } 算作 { $ours }，那只是最接近的词元。
aligned-note-learned = 训练后的目标学到了这个错误：在那里给 { $token } 的概率是 { $p }。
aligned-note-late = 按论文代码，有 { $n } 个位置晚了一步：刚读过的词元又被预测一次。
aligned-note-mean = 采用来源分布的位置上，融合分布给正确词元的概率平均为 { $fused }，目标自己为 { $own }。
aligned-note-trained = 训练后，目标给正确词元的概率平均为 { $trained }；训练前为 { $own }。
