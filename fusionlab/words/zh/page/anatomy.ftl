# 模型由什么组成，缺了每个专家会失去什么。

anatomy-title = 模型由什么组成
anatomy-intro = 模型的全部权重都要放进内存，计算一个词元却只用{ $active }。消融实验逐个禁用专家，看模型会失去什么。
anatomy-intro-active = 激活参数
anatomy-model = 模型
anatomy-embeddings = 嵌入
anatomy-attention = 注意力
anatomy-dense = 稠密层
anatomy-norms = 归一化与偏置
anatomy-router = 路由器
anatomy-shared = 共享专家
anatomy-experts = 专家
anatomy-total = 总计
anatomy-head-kind = 权重所属
anatomy-head-all = 全部
anatomy-head-active = 一个词元
anatomy-bar-all = 全部：{ $n } 个权重
anatomy-bar-active = 一个词元：{ $n } 个权重
anatomy-part = { $kind }：{ $n }
anatomy-dense-model = { $total } 个权重。
anatomy-mixture = 计算一个词元用到 { $total } 个权重中的 { $active } 个（{ $share }）：在每个有专家的层里，它只交给 { $experts } 个专家中的 { $chosen } 个。
anatomy-why = 专家占全部权重的 { $experts }。注意力占 { $attention }；无论有多少专家，注意力都只有一份。
anatomy-mixtral = 同样，Mixtral 8×7B 要存放的权重是 { $total }B（B 为十亿），而不是 8 × 7 = 56B；计算一个词元只用 { $active }B（按其配置统计；arXiv 2401.04088 写作 47B 和 13B）。
anatomy-table = 权重数据表
anatomy-caption = { $ref } 的权重

ablation-title = 每个专家值多少
ablation-text = 要读的文字
    .help = 逐个禁用专家，再读一遍这段文字。至少要有两句话，才能说明差异有多可靠。
ablation-run = 逐个禁用专家
ablation-stop = 停止
ablation-working = 正在逐个去掉专家重新阅读……
ablation-waits = 正在排队……
ablation-stopped = 已停止，显示的是目前的结果。
ablation-about = 格子里是没有这个专家时，这段文字每字节多花的奈特数。画斜线的格子没有试：没有词元选中这些专家，去掉它们不会有任何变化。
ablation-own = 共 { $n } 段、{ $bytes } 字节：专家齐全时每字节 { $nats } 奈特{ $right ->
    [none] 。
   *[other] ，答对 { $right }。
}
ablation-cell = 没有第 { $layer } 层的专家 { $expert }：每字节 { $nats } 奈特（{ $interval }）
ablation-cell-wait = 第 { $layer } 层的专家 { $expert } 还没有试
ablation-cell-silent = 没有词元选中第 { $layer } 层的专家 { $expert }
ablation-interval = 95%：{ $low } 至 { $high }
ablation-no-interval = 段数太少，得不出区间
ablation-most = 没有{ $layer ->
    [none] {""}
   *[other] 第 { $layer } 层的
}专家 { $expert } 时，这段文字最难：{ $n } 段里每字节多 { $nats } 奈特。
ablation-most-unsure = 没有{ $layer ->
    [none] {""}
   *[other] 第 { $layer } 层的
}专家 { $expert } 时，这段文字最难，每字节多 { $nats } 奈特；但 { $n } 段太少，还不能确定。
ablation-hurts = 逐个禁用了 { $of } 个专家。从区间看，这段文字离不开其中 { $n } 个，没有另外 { $helps } 个反而更容易。试了这么多个，约二十分之一可能出于偶然。
ablation-silent = 有 { $n } 个专家没有被任何词元选中，去掉它们不会有任何变化。
ablation-table = 每个专家的数据表
ablation-caption = 没有每个专家时
ablation-everywhere = 全部
ablation-head-layer = 层
ablation-head-expert = 专家
ablation-head-nats = 奈特/字节
ablation-head-interval = 95%
ablation-head-right = 答对
ablation-what = 读什么
ablation-what-text = 自己写一段文字
ablation-items = 题数
    .help = 每禁用一个专家都要重新作答一遍：题目越少越快，差异也越不可靠。
ablation-shows = 格中显示
ablation-shows-nats = 奈特/字节
ablation-shows-right = 答对的题
ablation-about-right = 每格表示没有这个专家时答对的题变化几个百分点。带斜线的格子没有试过：没有词元选择这些专家。
ablation-working-of = 第 { $done } 个专家，共 { $of } 个 …
ablation-cell-right = 没有第 { $layer } 层的专家 { $expert }：答对的题变化 { $right } 个百分点（{ $interval }）
ablation-holm = 把 { $of } 个专家放在一起检验（Holm 法），{ $n ->
    [0] 没有一个
   *[other] 有 { $n } 个
}确实让文字更难或更容易读，共 { $items } 段。
ablation-holm-right = 把 { $of } 个专家放在一起检验（Holm 法），{ $n ->
    [0] 没有一个
   *[other] 有 { $n } 个
}确实改变了 { $items } 道题中答对的题数。
ablation-head-p = p（Holm）
